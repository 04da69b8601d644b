import { bindSaved, maskPlaceholders, placeholdersIn } from '#domain/checks/bind-saved';

test.each([
  ['SELECT :a', "SELECT 'v'"],
  ["SELECT :'a'", "SELECT 'v'"],
  ['SELECT :a::uuid', "SELECT 'v'::uuid"],
  ['SELECT b::a, :a', "SELECT b::a, 'v'"],
  ['(:a,:a)', "('v','v')"],
  [
    "SELECT ':a', E'\\':a', \":a\", $$:a$$, $t$ :a $t$ -- :a\n/* :a */, :a",
    "SELECT ':a', E'\\':a', \":a\", $$:a$$, $t$ :a $t$ -- :a\n/* :a */, 'v'",
  ],
  ['f(x := 1, y => :a)', "f(x := 1, y => 'v')"],
  ["SELECT 'é', :a", "SELECT 'é', 'v'"],
  ['b[1: c]', 'b[1: c]'],
  [": a, :1, :'a b'", ": a, :1, :'a b'"],
])('%j becomes %j', (sql, bound) => {
  expect(bindSaved(sql, { a: 'v' })).toBe(bound);
});

test.each([
  ["it's", "'it''s'"],
  ['a\\b', " E'a\\\\b'"],
  ["'; DROP TABLE a; --", "'''; DROP TABLE a; --'"],
  ["\\'", " E'\\\\'''"],
  ['', "''"],
  [null, 'NULL'],
])('the value %j is written as the literal %j', (value, literal) => {
  expect(bindSaved(':a', { a: value })).toBe(literal);
});

test.each(['b', 'constructor'])('a name without a value is an error that names it: %s', (name) => {
  expect(() => bindSaved(`SELECT :${name}`, { a: 'v' })).toThrow(
    expect.objectContaining({
      name: 'VerificationFailed',
      message: `the statement needs :${name}, but no value was saved under that name: the statement that saves it returned no row`,
    }),
  );
});

test('a mask is as long as what it hides', () => {
  expect(maskPlaceholders("SELECT :a, :user_id, :'user_id', ':a'")).toBe("SELECT $1, $0000001, $000000001, ':a'");
});

test('placeholders are told with their places', () => {
  expect(placeholdersIn("a :b, :'c'")).toEqual([
    { name: 'b', start: 2, end: 4 },
    { name: 'c', start: 6, end: 10 },
  ]);
});
