import type { Script, ScriptPart } from '#domain/folders/folder';
import { notCompared } from '#domain/folders/not-compared';
import { controlsTransactions, piecesOf } from '#domain/folders/pieces';
import { reachOf } from '#domain/sql/reach';

const script = (...parts: readonly Partial<ScriptPart>[]): Script => ({
  fileName: '1_a.sql',
  inTransaction: true,
  problem: null,
  parts: parts.map((part) => ({ text: '', line: 1, isOnePiece: false, ...part })),
});

const piecesIn = (text: string) => piecesOf(script({ text }));

test('statements are told apart as PostgreSQL does it, with lines of the file', async () => {
  const pieces = await piecesOf(script({ text: '-- a\nSELECT 1;\nDO $$ BEGIN; END $$;\n', line: 10 }));

  expect(pieces.map(({ sql, line }) => [sql, line])).toEqual([
    ['SELECT 1', 11],
    ['DO $$ BEGIN; END $$', 12],
  ]);
});

test('a block stays in one piece', async () => {
  const pieces = await piecesOf(
    script({ text: 'SELECT 1; SELECT 2;', isOnePiece: true }, { text: 'SELECT 3;', line: 2 }),
  );

  expect(pieces.map(({ sql }) => sql)).toEqual(['SELECT 1; SELECT 2;', 'SELECT 3']);
});

test('what is no SQL goes to the server as it is, so that the server says what is wrong', async () => {
  const pieces = await piecesIn('\n\\connect shop\nSELECT 1;');

  expect(pieces).toEqual([{ sql: '\\connect shop\nSELECT 1;', line: 2, nodes: [] }]);
});

test('comments alone are nothing to run', async () => {
  expect(await piecesIn('-- nothing\n/* at all */\n')).toEqual([]);
});

test('transactions of the file itself are seen, also in a block', async () => {
  expect(controlsTransactions(await piecesIn('BEGIN; SELECT 1; COMMIT;'))).toBe(true);
  expect(controlsTransactions(await piecesOf(script({ text: 'SELECT 1; COMMIT;', isOnePiece: true })))).toBe(true);
  expect(controlsTransactions(await piecesIn("SELECT 'COMMIT';"))).toBe(false);
});

test.each(['BEGIN', 'START TRANSACTION', 'END', 'ROLLBACK', 'ABORT', "PREPARE TRANSACTION 'x'"])(
  '%s is a transaction of the file itself',
  async (sql) => {
    expect(controlsTransactions(await piecesIn(sql))).toBe(true);
  },
);

test.each(['SAVEPOINT s', 'RELEASE s', 'ROLLBACK TO s'])('%s stays within the transaction', async (sql) => {
  expect(controlsTransactions(await piecesIn(sql))).toBe(false);
});

const reaching: readonly (readonly [sql: string, what: string | null])[] = [
  ['CREATE ROLE app', 'CREATE ROLE'],
  ['ALTER SYSTEM SET work_mem = 1', 'ALTER SYSTEM'],
  ['ALTER DATABASE shop SET search_path = a', 'ALTER DATABASE … SET'],
  ['ALTER ROLE app RENAME TO bpp', 'a statement about a role'],
  ['GRANT CONNECT ON DATABASE shop TO app', 'a statement about a database'],
  ["COMMENT ON DATABASE shop IS 'x'", 'a statement about a database'],
  ['DO $$ BEGIN IF true THEN CREATE ROLE app; END IF; END $$', 'CREATE ROLE'],
  ['GRANT app TO deploy', 'GRANT or REVOKE of a role'],
  ['REVOKE app FROM deploy', 'GRANT or REVOKE of a role'],
  ['ALTER DATABASE shop OWNER TO app', 'a statement about a database'],
  ["COMMENT ON ROLE app IS 'x'", 'a statement about a role'],
  ['DO $$ BEGIN GRANT app, "b c" TO deploy; END $$', 'GRANT or REVOKE of a role'],
  ['DO $$ BEGIN GRANT CONNECT ON DATABASE shop TO app; END $$', 'GRANT or REVOKE on a database'],
  ["DO $$ BEGIN COMMENT ON ROLE app IS 'x'; END $$", 'a statement about a role, database or tablespace'],
  ['DO $$ BEGIN GRANT SELECT, INSERT ON t TO app; END $$', null],
  ['DO $$ BEGIN GRANT SELECT ON t TO app; COMMENT ON TABLE t IS NULL; END $$', null],
  ['GRANT SELECT ON t TO app', null],
  ['ALTER TABLE t OWNER TO app', null],
  ["INSERT INTO t VALUES ('create role app')", null],
  ["CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'drop role app'", 'DROP ROLE'],
];

test.each(reaching)('%s reaches beyond its database: %s', async (sql, what) => {
  expect(reachOf(await piecesIn(sql))[0]?.what ?? null).toBe(what);
});

const rows = (line: number, what: string) =>
  `1_a.sql:${line}: ${what}: rows and values are not compared here; the workflow's dry run counts them`;

test.each([
  ['ALTER TABLE a ADD b int', []],
  ['ALTER TABLE a ADD b int;\nUPDATE a SET b = 1;\nDELETE FROM a', [rows(2, 'UPDATE')]],
  ['WITH old AS (DELETE FROM a RETURNING id) SELECT FROM old', [rows(1, 'DELETE')]],
  ['INSERT INTO a VALUES (1)', [rows(1, 'INSERT')]],
  ['CREATE TABLE a (id int); INSERT INTO a VALUES (1)', []],
  ['CREATE TABLE IF NOT EXISTS a (id int); INSERT INTO a VALUES (1)', [rows(1, 'INSERT')]],
  ['CREATE TABLE a (id int); INSERT INTO a VALUES (1);\nUPDATE b SET id = 1', [rows(2, 'UPDATE')]],
  ['TRUNCATE a', [rows(1, 'TRUNCATE')]],
  ['DROP TABLE a', [rows(1, 'DROP TABLE')]],
  ['DROP VIEW a', []],
  ['ALTER TABLE a ADD c int, DROP COLUMN b', [rows(1, 'DROP COLUMN')]],
  ['CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM a; END', []],
  [
    'CREATE ROLE app',
    ["1_a.sql:1: CREATE ROLE reaches the server's roles, which all its databases share: it is not compared"],
  ],
])('what is not compared of %s', async (sql, notes) => {
  expect(notCompared('1_a.sql', await piecesIn(sql))).toEqual(notes);
});
