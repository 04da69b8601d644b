import { predictLocks } from '#domain/locks/predict-locks';
import { parseMigration } from '#domain/migration/parse-migration';

const known = { columnType: () => null, tableOfIndex: () => 'public.a' };

const predict = async (sql: string) => {
  const { statements } = await parseMigration('001_x.sql', Buffer.from(`${sql};\n-- ROLLBACK\n-- SELECT 1;\n`));
  return statements.flatMap((statement) => predictLocks(statement, known)).map(({ table, mode }) => [table, mode]);
};

test.each([
  ['CREATE INDEX CONCURRENTLY i ON a (b)', [['public.a', 'ShareUpdateExclusiveLock']]],
  ['CREATE INDEX i ON a (b)', [['public.a', 'ShareLock']]],
  ['DROP INDEX CONCURRENTLY i', [['public.a', 'ShareUpdateExclusiveLock']]],
  ['REINDEX TABLE CONCURRENTLY a', [['public.a', 'ShareUpdateExclusiveLock']]],
  ['REINDEX TABLE a', [['public.a', 'ShareLock']]],
  ['VACUUM a', [['public.a', 'ShareUpdateExclusiveLock']]],
  ['ANALYZE a', [['public.a', 'ShareUpdateExclusiveLock']]],
  ['VACUUM FULL a', [['public.a', 'AccessExclusiveLock']]],
  [
    'ALTER TABLE a DETACH PARTITION b CONCURRENTLY',
    [
      ['public.a', 'ShareUpdateExclusiveLock'],
      ['public.b', 'AccessExclusiveLock'],
    ],
  ],
])('%s is predicted to lock %j', async (sql, locks) => {
  expect(await predict(sql)).toEqual(locks);
});
