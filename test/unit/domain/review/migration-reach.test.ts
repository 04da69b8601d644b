import { parseMigration } from '#domain/migration/parse-migration';
import { reachOfWaysBack } from '#domain/review/migration-reach';
import { nothingKnown } from '#domain/sql/reach-in-code';

const migration = (fileName: string, down: string) =>
  parseMigration(
    fileName,
    Buffer.from(
      `-- Purpose: a case.\n-- A role, which only applying it makes.\nCREATE ROLE made_by_the_apply;\n-- ROLLBACK\n${down.replace(/^/gm, '--   ')}\n`,
    ),
  );

test('of versions that are taken back together every way back is looked at, under its own file, and nothing else of them', async () => {
  const both = await Promise.all([
    migration('003_c.sql', 'DROP ROLE reporting;'),
    migration('002_b.sql', 'DROP ROLE reporting;'),
  ]);

  expect(reachOfWaysBack(both, nothingKnown)).toMatchObject([
    { file: '003_c.sql', line: 5, reached: 'roles', isKept: false },
    { file: '002_b.sql', line: 5, reached: 'roles', isKept: false },
  ]);
});

test('what the way back of one version makes and that of the next calls is not only kept', async () => {
  const made =
    "CREATE FUNCTION drop_reporting() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DROP ROLE reporting''; END';";
  const only = [await migration('003_c.sql', made)];
  const both = [...only, await migration('002_b.sql', 'SELECT drop_reporting();')];

  expect(reachOfWaysBack(only, nothingKnown)).toMatchObject([{ file: '003_c.sql', isKept: true }]);
  expect(reachOfWaysBack(both, nothingKnown)).toMatchObject([
    { file: '003_c.sql', isKept: false },
    { file: '002_b.sql', isKept: false },
  ]);
});
