import { createHash } from 'node:crypto';
import { parseChecks } from '#domain/checks/parse-checks';

const parse = (...lines: readonly string[]) => parseChecks('001_x.checks.sql', Buffer.from(lines.join('\n')));

const succeeds = { expectedSqlState: null, expectedRows: null, save: [], writes: [] };
const writes = [{ schema: null, name: 'a', events: ['INSERT'] }];

test('tests, queries and the application are read with their lines', async () => {
  const text = `-- A remark: anything.
-- application: none, no backend yet

-- test: a second one is refused
INSERT INTO a VALUES (1);
-- expect: 23505
INSERT INTO a VALUES (1);

-- query: ones    -- expect: index scan, under 50 ms
SELECT * FROM a WHERE b = 1;
-- query: all
SELECT * FROM a;
`;

  const checks = await parse(text);

  expect(checks).toEqual({
    fileName: '001_x.checks.sql',
    sha256: createHash('sha256').update(text).digest('hex'),
    tests: [
      {
        name: 'a second one is refused',
        line: 4,
        statements: [
          { ...succeeds, sql: 'INSERT INTO a VALUES (1)', line: 5, writes },
          { ...succeeds, sql: 'INSERT INTO a VALUES (1)', line: 7, writes, expectedSqlState: '23505' },
        ],
      },
    ],
    queries: [
      { name: 'ones', line: 9, sql: 'SELECT * FROM a WHERE b = 1', expectsIndex: true, maximumMs: 50 },
      { name: 'all', line: 11, sql: 'SELECT * FROM a', expectsIndex: false, maximumMs: 100 },
    ],
    application: { kind: 'none', reason: 'no backend yet' },
  });
});

test.each<[why: string, lines: string[], expected: (string | null)[]]>([
  ['on the line above', ['SELECT 1;', '-- expect: 22012', 'SELECT 2;'], [null, '22012']],
  ['on the line itself', ['SELECT 1; -- expect: 22012', 'SELECT 2;'], ['22012', null]],
  ["on the statement's last line", ['SELECT', '1; -- expect: 22012', 'SELECT 2;'], ['22012', null]],
  ['below, with a blank line behind', ['SELECT 1;', '-- expect: 22012', '', 'SELECT 2;'], ['22012', null]],
  ['below, at the end', ['SELECT 1;', 'SELECT 2;', '-- expect: 22012'], [null, '22012']],
  ['above, with a remark between', ['SELECT 1;', '-- expect: 22012', '-- by zero', 'SELECT 2;'], [null, '22012']],
  ['at the head of the test', ['-- expect: 22012', '', 'SELECT 1;'], ['22012']],
])('an expectation speaks of its statement: %s', async (_, lines, expected) => {
  const { tests } = await parse('-- test: x', ...lines);

  expect(tests[0]?.statements.map(({ expectedSqlState }) => expectedSqlState)).toEqual(expected);
});

test('rows can be expected, and values saved under their own or another name', async () => {
  const { tests } = await parse(
    '-- test: x',
    'INSERT INTO a DEFAULT VALUES RETURNING b, c;',
    '-- save: b, c as first_c',
    '-- save: b as d',
    '',
    '-- expect: 1 row',
    "SELECT :b, :'first_c', :d::int;",
    '-- expect: 12 rows',
    'SELECT 1;',
  );

  expect(tests[0]?.statements.map(({ sql, expectedRows, save }) => ({ sql, expectedRows, save }))).toEqual([
    {
      sql: 'INSERT INTO a DEFAULT VALUES RETURNING b, c',
      expectedRows: null,
      save: [
        { column: 'b', name: 'b' },
        { column: 'c', name: 'first_c' },
        { column: 'b', name: 'd' },
      ],
    },
    { sql: "SELECT :b, :'first_c', :d::int", expectedRows: 1, save: [] },
    { sql: 'SELECT 1', expectedRows: 12, save: [] },
  ]);
});

test('probes are read; 200 is expected unless another status is declared', async () => {
  const { application } = await parse(
    '-- probe: health GET http://127.0.0.1:3000/health -- expect: 204',
    '-- probe: list of jobs GET https://shop.example.com/api/jobs?limit=1',
  );

  expect(application).toEqual({
    kind: 'probes',
    probes: [
      { name: 'health', url: 'http://127.0.0.1:3000/health', expectedStatus: 204, line: 1 },
      { name: 'list of jobs', url: 'https://shop.example.com/api/jobs?limit=1', expectedStatus: 200, line: 2 },
    ],
  });
});

test('nothing said of the application is told apart from none', async () => {
  expect((await parse('-- test: x', 'SELECT 1;')).application).toEqual({ kind: 'undeclared' });
});

test.each([
  ['-- expect: under 0.5 s', 500],
  ['-- expect: under 20ms', 20],
])('a time can be declared below the query too: %s', async (expectation, maximumMs) => {
  const { queries } = await parse('-- query: x -- expect: index scan', expectation, 'SELECT 1;');

  expect(queries[0]).toMatchObject({ expectsIndex: true, maximumMs });
});

test('a byte order mark, carriage returns and tabs change nothing', async () => {
  const { tests } = await parse('\uFEFF--\ttest:\tx\r', '--\texpect:\t22012\r', 'SELECT 1/0;\r', '');

  expect(tests).toEqual([
    { name: 'x', line: 1, statements: [{ ...succeeds, sql: 'SELECT 1/0', line: 3, expectedSqlState: '22012' }] },
  ]);
});

const at = (place: string, message: string) => `001_x.checks.sql${place}: ${message}`;

const refused: readonly (readonly [lines: readonly string[], message: string])[] = [
  [
    ['-- probe: health GET https://ada:secret@shop.example.com/health'],
    at(
      ':1:1',
      'the address of the probe "health" holds a user or a password, which the evidence would keep; expected an address that anybody may ask. Take it out',
    ),
  ],
  [
    [''],
    at(
      '',
      'the file declares nothing; expected "-- test: <name>", "-- query: <name>", "-- probe: …" or "-- application: none, <reason>". Add one, or remove the file',
    ),
  ],
  [
    ['-- test: x', 'SELECT 1;', '-- expects: 23505'],
    at(
      ':3:1',
      'unknown directive "expects:"; expected one of test, query, probe, application, expect, save. Correct it; a remark starts with a capital letter or has no colon',
    ),
  ],
  [
    ['SELECT 1;'],
    at(
      ':1:1',
      'this statement belongs to no test and no query; expected "-- test: <name>" or "-- query: <name>" above it. Add one',
    ),
  ],
  [
    ['-- expect: 23505', '-- test: x', 'SELECT 1;'],
    at(
      ':1:1',
      'this "expect:" belongs to no test and no query; expected "-- test: <name>" or "-- query: <name>" above it. Add one',
    ),
  ],
  [['-- test: x'], at(':1:1', 'the test "x" has no statement. Add one, or remove the test')],
  [['-- test:', 'SELECT 1;'], at(':1:1', 'the test has no name; expected "-- test: <name>". Name it')],
  [
    ['-- test: x', 'SELECT 1;', '-- test: x', 'SELECT 1;'],
    at(':3:1', 'a second test is named "x", as in line 1. Give it another name'),
  ],
  [
    ['-- test: x', '-- expect: unique_violation', 'SELECT 1;'],
    at(
      ':2:1',
      '"unique_violation" cannot be expected of a test; expected a SQLSTATE such as 23505, or a number of rows such as "1 row". Correct it',
    ),
  ],
  [
    ['-- test: x', '-- expect: 00000', 'SELECT 1;'],
    at(
      ':2:1',
      '"00000" cannot be expected of a test; expected a SQLSTATE such as 23505, or a number of rows such as "1 row". Correct it',
    ),
  ],
  [
    ['-- test: x', '-- expect: 1 row', '-- expect: 23505', 'SELECT 1;'],
    at(
      ':3:1',
      'a second "expect:" for the statement that line 2 speaks of; expected one. Put each on the line above its statement',
    ),
  ],
  [
    ['-- test: x', '-- save: a', 'SELECT 1;'],
    at(':2:1', 'this "save:" refers to no statement; expected one above it in the same test. Move it'),
  ],
  [
    ['-- test: x', 'SELECT 1;', '-- save: a b'],
    at(
      ':3:1',
      '"a b" cannot be saved; expected column names with commas between them, each may have "as <name>". Correct it',
    ),
  ],
  [
    ['-- test: x', 'SELECT 1; -- expect: 23505', '-- save: a'],
    at(':3:1', 'the statement before it must fail with 23505 and so returns nothing. Save from one that succeeds'),
  ],
  [
    ['-- test: x', "SELECT 'é', :user_id;"],
    at(
      ':2:13',
      'no earlier statement of this test saves user_id; expected "-- save: user_id" behind one that returns it. Add it',
    ),
  ],
  [
    ['-- test: x', 'SELECT 1 AS a;', '-- save: a', '-- test: y', 'SELECT :a;'],
    at(':5:8', 'no earlier statement of this test saves a; expected "-- save: a" behind one that returns it. Add it'),
  ],
  [['-- query: x'], at(':1:1', 'the query "x" has no statement. Add one, or remove the query')],
  [
    ['-- query: x', 'SELECT 1;', 'SELECT 2;'],
    at(':1:1', 'the query "x" has 2 statements; expected one. Give each a "-- query: <name>" of its own'),
  ],
  [
    ['-- query: x', 'CREATE TABLE a (b int);'],
    at(
      ':1:1',
      'the query "x" cannot be explained; expected SELECT, INSERT, UPDATE, DELETE or MERGE. Change it, or make it a test',
    ),
  ],
  [['-- query: x', 'SELECT :a;'], at(':1:1', 'the query "x" uses :a; only tests save values. Write a literal')],
  [
    ['-- query: x', 'SELECT 1;', '-- save: a'],
    at(':1:1', 'the query "x" has a "save:"; only tests save values. Remove it'),
  ],
  [
    ['-- query: x -- expect: under 10 ms, under 20 ms', 'SELECT 1;'],
    at(
      ':1:1',
      '"under 10 ms, under 20 ms" cannot be expected of a query; expected "index scan", "under 100 ms", or both with a comma between them. Correct it',
    ),
  ],
  [
    ['-- query: x -- expect: fast', 'SELECT 1;'],
    at(
      ':1:1',
      '"fast" cannot be expected of a query; expected "index scan", "under 100 ms", or both with a comma between them. Correct it',
    ),
  ],
  [
    ['-- test: x -- expect: 23505', 'SELECT 1;'],
    at(':1:1', '"expect:" on the line of "test:"; only queries and probes have it there. Put it above the statement'),
  ],
  [
    ['-- probe: health POST http://127.0.0.1/'],
    at(
      ':1:1',
      'the probe "health POST http://127.0.0.1/" has the wrong form; expected "-- probe: <name> GET <http or https URL> -- expect: <status>". Correct it',
    ),
  ],
  [
    ['-- probe: health GET file:///etc/passwd'],
    at(
      ':1:1',
      'the probe "health GET file:///etc/passwd" has the wrong form; expected "-- probe: <name> GET <http or https URL> -- expect: <status>". Correct it',
    ),
  ],
  [
    ['-- probe: health GET http://127.0.0.1/ -- expect: ok'],
    at(':1:1', '"ok" is no HTTP status; expected 100 to 599, for example 200. Correct it'),
  ],
  [
    ['-- application: none'],
    at(
      ':1:1',
      '"none" has the wrong form; expected "-- application: none, <reason>". Give the reason, or declare probes',
    ),
  ],
  [
    ['-- application: none, a', '-- application: none, b'],
    at(':2:1', '"application:" is declared twice, first in line 1. Keep one'),
  ],
  [
    ['-- probe: health GET http://127.0.0.1/', '-- application: none, a'],
    at(':2:1', 'there is no application, and line 1 probes one; expected one or the other. Remove one of them'),
  ],
  [
    ['-- test: x', 'VACUUM a;'],
    at(':2:1', 'VACUUM cannot run in a transaction, and checks run in one that is rolled back. Remove it'),
  ],
  [
    ['-- test: x', 'COMMIT;'],
    at(':2:1', 'COMMIT is not allowed: the workflow opens and ends the transactions. Remove it'),
  ],
  [
    ['-- test: x', 'SELEC 1;'],
    at(':2:1', 'syntax error at or near "SELEC"; expected SQL as PostgreSQL parses it. Correct the statement'),
  ],
  [
    ['-- test: x', 'SELECT 1 \\gset'],
    at(':2:10', '"\\gset" is a psql meta-command; expected SQL only. Remove it, or write out what it does'),
  ],
];

test.each(refused.map(([lines, message]) => [message, lines] as const))('refused: %s', async (message, lines) => {
  await expect(parse(...lines)).rejects.toThrow(expect.objectContaining({ name: 'MigrationRefused', message }));
});
