import { readReviewedDatabase } from '#adapters/postgres/reviewed-database';
import { noConventions } from '#domain/review/conventions';
import { reviewMigration } from '#domain/review/review-migration';
import { rules } from '#domain/review/rules';
import { rulesWithSafeWay, safeWayOf } from '#domain/review/safe-way';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
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

const production: ProductionStatistics = {
  format: 1,
  takenAt: '2026-11-22T08:00:00.000Z',
  serverVersion: '17.10',
  database: 'shop',
  tables: ['public.p', 's.p'].map((table) => ({ table, rows: 5e7, heapBytes: 5e9, indexBytes: 1e9, toastBytes: 0 })),
};

/** What PostgreSQL refuses for a partitioned table is not offered for one. */
const ofPartitioned: readonly (readonly [change: string, way: RegExp | null])[] = [
  ['CREATE INDEX i ON p (b)', null],
  ['CREATE UNIQUE INDEX i ON s.p (id, b)', null],
  ['ALTER TABLE p ADD CONSTRAINT c UNIQUE (id, b)', null],
  ['ALTER TABLE p ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES keyed', /^CREATE INDEX p_b_idx ON public\.p \(b\);$/],
  ['ALTER TABLE p ADD CONSTRAINT c CHECK (b > 0)', /NOT VALID;[\s\S]*VALIDATE CONSTRAINT c;$/],
];

test.each(ofPartitioned)('%s of a partitioned table: %s', (change, expected) =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      for (const name of ['public.p', 's.p'])
        await client.query(
          `CREATE SCHEMA IF NOT EXISTS s; CREATE TABLE ${name} (id bigint NOT NULL, b bigint) PARTITION BY RANGE (id);
           CREATE TABLE ${name}_1 PARTITION OF ${name} FOR VALUES FROM (0) TO (1000000);
           INSERT INTO ${name} SELECT n, 1 FROM generate_series(1, 20) n`,
        );
      await client.query('CREATE TABLE keyed (id bigint PRIMARY KEY); INSERT INTO keyed VALUES (1)');
      const { host, port, user, password, database: name } = connection;
      const database = await readReviewedDatabase(`postgresql://${user}:${password}@${host}:${port}/${name}`);
      const up = {
        fileName: 'a.sql',
        parts: [{ text: change, line: 1, isOnePiece: false }],
        inTransaction: true,
        problem: null,
      };
      const { findings } = await reviewMigration(
        { name: 'a', up, down: null },
        { database, production, conventions: noConventions },
        { isOwnForm: false },
      );
      const ways = findings.flatMap(({ safeWay }) => safeWay ?? []);

      expect(findings.length).toBeGreaterThan(1);
      for (const way of ways) for (const statement of statementsOf(way)) await client.query(statement);
      if (expected === null) expect(ways).toEqual([]);
      else expect(ways).toContainEqual(expect.stringMatching(expected));
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
