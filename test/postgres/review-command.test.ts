import { noConventions } from '#domain/review/conventions';
import { reviewMigration } from '#domain/review/review-migration';
import { rules } from '#domain/review/rules';
import { rulesWithSafeWay, safeWayOf } from '#domain/review/safe-way';
import { withClient, withDatabase } from '#test/support/postgres';
import { readExamples } from '#test/support/rule-examples';

jest.setTimeout(120_000);

const statementsOf = (way: string) =>
  way
    .split(/;\n|;$/)
    .map((statement) => statement.replaceAll(/^--.*$/gm, '').trim())
    .filter((statement) => statement !== '');

const schema = `CREATE TABLE a (b integer, "C" integer NOT NULL, d text);
CREATE TABLE keyed (id bigint PRIMARY KEY)`;

/** The database has rows, so that what is only safe on an empty table shows. */
const changes: readonly string[] = [
  'CREATE INDEX i ON a (b)',
  'CREATE UNIQUE INDEX i ON a ("C")',
  'ALTER TABLE a ADD CONSTRAINT c UNIQUE (b)',
  'ALTER TABLE a ADD PRIMARY KEY ("C")',
  'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
  'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)',
  'ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES keyed ON DELETE CASCADE',
  'ALTER TABLE a ALTER COLUMN b TYPE bigint',
  'ALTER TABLE a ALTER COLUMN "C" TYPE text',
  'ALTER TABLE a RENAME TO z',
  'DELETE FROM a',
];

test.each(changes)('%s: the safe way runs, statement by statement', (change) =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      await client.query(schema);
      await client.query(`INSERT INTO a SELECT n, n, 'x' FROM generate_series(1, 20) n`);
      await client.query('INSERT INTO keyed SELECT generate_series(1, 20)');
      const up = {
        fileName: 'a.sql',
        parts: [{ text: change, line: 1, isOnePiece: false }],
        inTransaction: true,
        problem: null,
      };
      const { findings } = await reviewMigration(
        { name: 'a', up, down: null },
        { database: null, production: null, conventions: noConventions },
        { isOwnForm: false },
      );
      const ways = new Set(findings.flatMap(({ safeWay }) => safeWay ?? []));

      expect([...ways]).not.toEqual([]);
      for (const way of ways) for (const statement of statementsOf(way)) await client.query(statement);
    }),
  ),
);

test('every safe way of an example runs on what is there before it', () =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      const shown: string[] = [];
      for (const rule of rules) {
        const { before, bad } = await readExamples(rule.id);
        const line = rule.check(bad.context)[0]?.line ?? null;
        const way = safeWayOf(rule.id, bad.context, line);
        if (way === null) continue;
        shown.push(rule.id);
        await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        if (before) await client.query(before);
        // What the example makes itself must be there for a way that only adds to it.
        if (rule.id === 'foreign-key-without-index')
          for (const { sql } of bad.context.migration.statements) await client.query(sql);
        for (const statement of statementsOf(way)) await client.query(statement);
      }

      expect(shown.length).toBeGreaterThanOrEqual(5);
      expect(rulesWithSafeWay).toEqual(expect.arrayContaining(shown));
    }),
  ));
