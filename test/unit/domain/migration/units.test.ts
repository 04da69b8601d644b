import { parseMigration } from '#domain/migration/parse-migration';
import { splitIntoUnits, unitInWords } from '#domain/migration/units';
import { outsideTransaction } from '#domain/sql/outside-transaction';

const statementsOf = async (sql: string) =>
  (await parseMigration('001_x.sql', Buffer.from(`${sql}\n-- ROLLBACK\n-- SELECT 1;\n`))).statements;

const unitsOf = async (sql: string) => splitIntoUnits(await statementsOf(sql));

const outsideOf = async (sql: string) => {
  const [statement] = await statementsOf(`${sql};`);
  return statement ? outsideTransaction(statement.node as Parameters<typeof outsideTransaction>[0]) : null;
};

const sqlOf = (statements: readonly { readonly sql: string }[]) => statements.map(({ sql }) => sql);

test.each([
  ['CREATE INDEX CONCURRENTLY i ON a (b)', 'CREATE INDEX CONCURRENTLY', 'index build', true],
  ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)', 'CREATE INDEX CONCURRENTLY', 'index build', true],
  ['DROP INDEX CONCURRENTLY IF EXISTS i', 'DROP INDEX CONCURRENTLY', 'index drop', true],
  ['REINDEX INDEX CONCURRENTLY i', 'REINDEX CONCURRENTLY', 'index rebuild', true],
  ['REINDEX (CONCURRENTLY, VERBOSE) TABLE a', 'REINDEX CONCURRENTLY', 'index rebuild', true],
  ['REINDEX SCHEMA CONCURRENTLY s', 'REINDEX CONCURRENTLY', 'index rebuild', true],
  ['REINDEX SCHEMA s', 'REINDEX of a schema or database', 'nothing left', false],
  ['ALTER TABLE a DETACH PARTITION b CONCURRENTLY', 'DETACH PARTITION CONCURRENTLY', 'detach', true],
  ['VACUUM', 'VACUUM', 'nothing left', true],
  ['VACUUM (ANALYZE, FULL off) a', 'VACUUM', 'nothing left', true],
  ['VACUUM (FULL 0) a', 'VACUUM', 'nothing left', true],
  ['VACUUM FULL a', 'VACUUM FULL', 'nothing left', false],
  ['CLUSTER', 'CLUSTER of all tables', 'nothing left', false],
])('%s runs outside a transaction', async (sql, name, interrupted, letsOthersPass) => {
  expect(await outsideOf(sql)).toEqual({ name, interrupted, letsOthersPass });
});

test.each([
  'CREATE INDEX i ON a (b)',
  'DROP INDEX i',
  'DROP TABLE a',
  'REINDEX TABLE a',
  'REINDEX (CONCURRENTLY off) TABLE a',
  'ALTER TABLE a DETACH PARTITION b',
  'ALTER TABLE a DETACH PARTITION b FINALIZE',
  'ANALYZE a',
  'CLUSTER a',
  'REFRESH MATERIALIZED VIEW CONCURRENTLY a',
  "ALTER TYPE t ADD VALUE 'x'",
])('%s can be part of a transaction', async (sql) => {
  expect(await outsideOf(sql)).toBeNull();
});

test('an ordinary migration is one unit', async () => {
  const units = await unitsOf("SET search_path = shop;\nCREATE TABLE a ();\nALTER TYPE t ADD VALUE 'x';\nSELECT 1;");

  expect(units).toMatchObject([{ index: 0, settings: [], outside: null }]);
  expect(units[0]?.statements).toHaveLength(4);
});

test('each statement that cannot be in a transaction is a unit, and what stands between them is one each', async () => {
  const units = await unitsOf(
    'CREATE TABLE a ();\nSELECT 1;\nCREATE INDEX CONCURRENTLY i ON a (b);\nVACUUM a;\nSELECT 2;\nSELECT 3;',
  );

  expect(units.map(({ statements }) => sqlOf(statements))).toEqual([
    ['CREATE TABLE a ()', 'SELECT 1'],
    ['CREATE INDEX CONCURRENTLY i ON a (b)'],
    ['VACUUM a'],
    ['SELECT 2', 'SELECT 3'],
  ]);
  expect(units.map((unit) => unitInWords(unit, units.length))).toEqual([
    '1 of 4 (lines 1–2, one transaction)',
    '2 of 4 (line 3, CREATE INDEX CONCURRENTLY)',
    '3 of 4 (line 4, VACUUM)',
    '4 of 4 (lines 5–6, one transaction)',
  ]);
});

test('what the file sets for the session holds in the units behind it, and what it sets for a transaction does not', async () => {
  const units = await unitsOf(
    'SELECT 1;\nSET search_path = shop;\nSET LOCAL work_mem = 1;\nSET TRANSACTION READ WRITE;\nVACUUM a;\nRESET ROLE;\nSELECT 2;\nVACUUM b;',
  );

  expect(units.map(({ settings }) => sqlOf(settings))).toEqual([
    [],
    ['SET search_path = shop'],
    ['SET search_path = shop'],
    ['SET search_path = shop', 'RESET ROLE'],
  ]);
});

test('settings alone are no unit but the head of the next one; at the end of the file they are', async () => {
  const units = await unitsOf('SET search_path = shop;\nVACUUM a;\nSET ROLE app;\nVACUUM b;\nRESET ROLE;');

  expect(units.map(({ statements, outside }) => [sqlOf(statements), outside?.name])).toEqual([
    [['SET search_path = shop', 'VACUUM a'], 'VACUUM'],
    [['SET ROLE app', 'VACUUM b'], 'VACUUM'],
    [['RESET ROLE'], undefined],
  ]);
  expect(sqlOf(units[1]?.settings ?? [])).toEqual(['SET search_path = shop']);
});
