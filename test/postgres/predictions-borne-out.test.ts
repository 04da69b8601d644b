/** What the review foresees of a migration, held against what its dry run measures on the server. */
import { gradeDryRun } from '#domain/dry-run/grade-dry-run';
import { predictImpact } from '#domain/review/predict-impact';
import { subjectOf } from '#test/support/review-subject';
import { limits, target, withTarget } from './database-arrangements';

const setUp = `CREATE TABLE orders (order_id bigint PRIMARY KEY, note varchar(20));
  CREATE VIEW noted AS SELECT order_id FROM orders WHERE note IS NOT NULL;
  INSERT INTO orders SELECT n, 'note' FROM generate_series(1, 100) n`;

const rehearse = (sql: string) =>
  withTarget(setUp, async ({ database }) => {
    const catalog = await database.readCatalog(target);
    const contents = await database.readTableContents(target);
    const traffic = await database.readTableStatistics(target);
    const { migration } = await subjectOf(sql);
    const runs = await database.rehearse(target, 'up', migration.statements, limits);
    const predictions = predictImpact({ migration, catalog, statistics: traffic });
    return gradeDryRun(runs, predictions, { catalog, contents, traffic }).map((one) => [
      ...[one.outcome, one.class, ...one.surprises],
    ]);
  });

test.each([
  ['CREATE TABLE copied AS SELECT * FROM orders;', [['confirmed', 'scan']]],
  ['CREATE MATERIALIZED VIEW copied AS SELECT * FROM noted;', [['confirmed', 'scan']]],
  ['INSERT INTO orders SELECT order_id + 100 FROM orders;', [['confirmed', 'data']]],
  [
    'CREATE TABLE copied (id bigint); INSERT INTO copied SELECT order_id FROM orders;',
    [
      ['confirmed', 'metadata only'],
      ['confirmed', 'scan'],
    ],
  ],
  ['DO $$ BEGIN DELETE FROM orders; END $$;', [['not predicted', 'data']]],
  [
    'ALTER TABLE orders RENAME TO sales; ALTER TABLE sales ADD COLUMN token uuid DEFAULT gen_random_uuid();',
    [
      ['confirmed', 'metadata only'],
      ['confirmed', 'rewrite'],
    ],
  ],
  [
    'ALTER TABLE orders RENAME TO sales; CREATE INDEX CONCURRENTLY i ON sales (note); ALTER TABLE sales ADD COLUMN size int;',
    [
      ['confirmed', 'metadata only'],
      ['confirmed', 'scan'],
      ['confirmed', 'metadata only'],
    ],
  ],
])('%s', async (sql, expected) => {
  expect(await rehearse(sql)).toEqual(expected);
});
