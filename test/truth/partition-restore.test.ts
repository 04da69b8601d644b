/** The SQL that is proposed runs: for a column, an index, a CHECK and a default of a partitioned table, and its partitions. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { withOwnSession } from '#adapters/postgres/session/session';
import { gradeWayBack } from '#domain/catalog/way-back';
import { rehearse } from '#test/rehearsals/rehearse-arrangements';
import { withClient, withDatabase } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';

const folder = path.join(projectRoot, 'test/truth/cases/partition_restore');
const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
);

/** What is left where a migration stands and then the SQL is run, on a database of its own. */
const leftBy = (before: string, up: string, restoringSql: readonly string[]) =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      await client.query(before);
      const was = await withOwnSession(connection, readCatalog);
      await client.query(up);
      for (const statement of restoringSql) await client.query(statement);
      return gradeWayBack(was, await withOwnSession(connection, readCatalog));
    }),
  );

test('of a partitioned table, what is proposed runs and restores the schema', async () => {
  const { results } = await rehearse(files);

  expect(results.map(({ rollback }) => rollback)).toEqual(['exact', 'differs', 'differs', 'differs', 'differs']);
  for (const { migration, restoringSql } of results.slice(1)) {
    expect(restoringSql).not.toEqual([]);
    const up = (name: string) => files[`${name}.up.sql`] ?? '';
    const earlier = results.filter((other) => other.migration < migration).map((other) => up(other.migration));
    expect(await leftBy(earlier.join('\n'), up(migration), restoringSql)).toMatchObject({ verdict: 'exact' });
  }
});

const partitioned = `
  CREATE TABLE p (a integer NOT NULL, k text DEFAULT 'x', n integer, CONSTRAINT k_check CHECK (k <> '')) PARTITION BY RANGE (a);
  CREATE TABLE a_part PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY LIST (k);
  CREATE TABLE leaf PARTITION OF a_part DEFAULT;
  CREATE INDEX p_k ON p (k);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER p_touch AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TABLE parent (name text NOT NULL, CONSTRAINT name_check CHECK (name <> ''));
  CREATE TABLE child (more text) INHERITS (parent);`;

test.each([
  ['a type', 'ALTER TABLE p ALTER COLUMN n TYPE bigint'],
  ['NOT NULL that is gone', 'ALTER TABLE parent ALTER COLUMN name DROP NOT NULL'],
  ['NOT NULL that came', 'ALTER TABLE p ALTER COLUMN k SET NOT NULL'],
  ['a default that is gone', 'ALTER TABLE p ALTER COLUMN k DROP DEFAULT'],
  ['a column of a parent', 'ALTER TABLE parent ADD COLUMN note text'],
  ['a column that is gone from a parent', 'ALTER TABLE parent DROP COLUMN name'],
  ['a constraint of a parent', "ALTER TABLE parent ADD CONSTRAINT more CHECK (name <> 'x')"],
  ['a constraint that is gone', 'ALTER TABLE p DROP CONSTRAINT k_check'],
  ['an index that is gone', 'DROP INDEX p_k'],
  ['a trigger that came', 'CREATE TRIGGER again AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION touch()'],
  ['a trigger that is gone', 'DROP TRIGGER p_touch ON p'],
  ['an index that took over one of a partition', 'CREATE INDEX p_a ON p (a)', 'CREATE INDEX leaf_a ON leaf (a)'],
  ['a foreign key', 'ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES other', 'CREATE TABLE other (a integer PRIMARY KEY)'],
  ['a primary key', 'ALTER TABLE p ADD CONSTRAINT p_key UNIQUE (a, k)'],
  ['a partition', 'CREATE TABLE a_new PARTITION OF p FOR VALUES FROM (10) TO (20)'],
  ['a whole tree', 'CREATE TABLE q (a integer) PARTITION BY LIST (a); CREATE TABLE a_q PARTITION OF q DEFAULT'],
  ['a tree that is gone', 'DROP TABLE p'],
  ['a partition that is gone', 'DROP TABLE a_part'],
])('%s: what is proposed runs and restores the schema', async (_, up, more = '') => {
  const { results } = await rehearse({
    '1_base.up.sql': `${partitioned}${more}`,
    '1_base.down.sql': `DROP TABLE p, parent, child${more.includes('other') ? ', other' : ''}; DROP FUNCTION touch`,
    '2_change.up.sql': up,
    '2_change.down.sql': 'SELECT 1;',
  });

  const { restoringSql = [], notes = [], rollback } = results[1] ?? {};
  expect(rollback).toBe('differs');
  expect({ isProposed: restoringSql.length > 0, byHand: notes.filter((note) => note.includes('by hand')) }).toEqual({
    isProposed: true,
    byHand: [],
  });
  const { verdict } = await leftBy(partitioned + more, up, restoringSql);
  expect(['exact', 'harmless']).toContain(verdict);
});
