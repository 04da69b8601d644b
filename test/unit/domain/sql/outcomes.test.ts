import { loadModule } from 'libpg-query';
import { conjunctsOf, parseExpression } from '#domain/sql/expressions';
import { outcomesOf } from '#domain/sql/outcomes';

beforeAll(loadModule);

const canReject = (condition: string) => outcomesOf(parseExpression(condition) ?? undefined).includes('false');

test.each([
  "state IN ('new', 'paid', NULL)",
  "state = ANY (ARRAY['new', NULL])",
  'state = NULL',
  'state <> NULL::text',
  'NOT (state = NULL)',
  'array_length(a, 1) > 0',
  'array_length(a, 1) >= 1',
  '0 < array_length(a, 1)',
  'array_length(a, 1) <> 0',
  'cardinality(a) >= 0',
  'length(note) >= 0',
  'note = note',
  "true OR state = 'new'",
  "state IN ('new', NULL) AND array_length(a, 1) > 0",
  "state = 'new' OR NULL",
  'NULL',
  '1 = 1',
  'a IS NULL OR a IS NOT NULL',
  'coalesce(state = NULL, true)',
  "coalesce(state IN ('new', NULL), true)",
  "(state IN ('new', NULL)) IS NOT FALSE",
  "CASE WHEN state = 'new' THEN true END",
  "CASE WHEN state = 'new' THEN true ELSE array_length(a, 1) > 0 END",
  "note LIKE '%'",
  'note LIKE NULL',
  'state = ANY (NULL::text[])',
])('CHECK (%s) can never reject', (condition) => expect(canReject(condition)).toBe(false));

test.each([
  "state IN ('new', 'paid')",
  "state NOT IN ('new', NULL)",
  'state IS NOT NULL',
  'state IS DISTINCT FROM NULL',
  'array_length(a, 1) > 1',
  'cardinality(a) > 0',
  'length(note) > 0',
  'length(note) < 0',
  'a = b',
  "state = 'new' OR array_length(a, 1) > 5",
  "state IN ('new', NULL) AND a > 0",
  'NOT (note = note)',
  'false',
  'my_own(a)',
  '1 = 2',
  'a IS NULL OR b IS NOT NULL',
  'coalesce(a > 0, true)',
  'coalesce(array_length(a, 1), 0) > 0',
  "coalesce(state IN ('new', NULL), false)",
  "(state IN ('new', NULL)) IS TRUE",
  "CASE WHEN state = 'new' THEN a > 0 END",
  "CASE WHEN state = 'new' THEN true ELSE false END",
  "note LIKE 'a%'",
  "note NOT LIKE '%'",
])('CHECK (%s) can reject', (condition) => expect(canReject(condition)).toBe(true));

test('the parts of an AND are found however deep they are', () => {
  const expression = parseExpression('CHECK (((a > 0) AND ((b > 0) AND (c > 0)))) NOT VALID');

  expect(expression && conjunctsOf(expression)).toHaveLength(3);
});
