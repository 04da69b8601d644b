/** Queries of other sessions are shown without what they hold. */
import { withoutValues } from '#domain/text/without-values';

test.each([
  [
    "UPDATE people SET email = 'ada@example.org' WHERE person_id = 7",
    'UPDATE people SET email = ? WHERE person_id = ?',
  ],
  ["SELECT 'it''s' || E'a' FROM \"it's 5\" -- secret", 'SELECT ? || ? FROM "it\'s 5"'],
  ['SELECT $body$ secret $body$, $1, t1.c2 /* secret */ FROM t1', 'SELECT ?, $1, t1.c2 FROM t1'],
  ["INSERT INTO t VALUES ('cut off by the ser", 'INSERT INTO t VALUES (…'],
  ["ALTER ROLE ada PASSWORD 'secret'", 'ALTER ROLE ada PASSWORD ?'],
  ["SELECT 'a\\', 'secret'", 'SELECT…'],
  ['COMMIT', 'COMMIT'],
])('%s', (query, shown) => {
  expect(withoutValues(query)).toBe(shown);
});
