import { createHash } from 'node:crypto';
import { parseMigration } from '#domain/migration/parse-migration';

const parse = (text: string | Buffer) => parseMigration('001_x.sql', Buffer.from(text as string));

const rollback = '-- ROLLBACK\n--   DROP TABLE a;\n';

test('a file is taken apart into purpose, statements and rollback, byte by byte', async () => {
  const text = [
    '-- Purpose: keep ünïcode',
    '--   readable',
    '-- Author: somebody',
    '',
    '-- A table.',
    'CREATE TABLE a (',
    "  b text DEFAULT 'é;'",
    '); -- and why',
    '',
    '/* Functions',
    ' * may hold semicolons. */',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;',
    'SELECT $$ ; $$',
    ';;',
    rollback,
  ].join('\n');

  const migration = await parse(text);

  expect(migration).toMatchObject({
    fileName: '001_x.sql',
    version: '001',
    description: 'x',
    purpose: 'keep ünïcode readable',
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  expect(
    migration.statements.map(({ index, sql, line, kind, comment }) => ({ index, sql, line, kind, comment })),
  ).toEqual([
    {
      index: 0,
      sql: "CREATE TABLE a (\n  b text DEFAULT 'é;'\n)",
      line: 6,
      kind: 'CreateStmt',
      comment: 'A table.\nand why',
    },
    {
      index: 1,
      sql: 'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END',
      line: 12,
      kind: 'CreateFunctionStmt',
      comment: 'Functions\nmay hold semicolons.',
    },
    { index: 2, sql: 'SELECT $$ ; $$', line: 13, kind: 'SelectStmt', comment: '' },
  ]);
  expect(migration.rollback.sql).toBe('DROP TABLE a;');
  expect(migration.rollback.sha256).toBe(createHash('sha256').update('DROP TABLE a;').digest('hex'));
});

test('locations in a syntax tree count from the statement', async () => {
  const { statements } = await parse(`SELECT 'é';\nCREATE TABLE a (b int);\n${rollback}`);

  expect(statements[1]?.node).toMatchObject({
    CreateStmt: { tableElts: [{ ColumnDef: { colname: 'b', location: 'CREATE TABLE a ('.length } }] },
  });
});

test('a comment above a blank line, and one that trails the statement before, belong to no statement', async () => {
  const { statements, purpose } = await parse(`-- not this\n\nCREATE TABLE a (b int); -- mine\nSELECT 1;\n${rollback}`);

  expect(statements.map(({ comment }) => comment)).toEqual(['mine', '']);
  expect(purpose).toBeNull();
});

test('a byte order mark, carriage returns and tabs change nothing', async () => {
  const migration = await parse(
    '\uFEFF-- Purpose: x\r\n\r\n-- A.\r\nCREATE\tTABLE a (b int);\r\n-- ROLLBACK\r\n--\tDROP TABLE a;\r\n',
  );

  expect(migration.purpose).toBe('x');
  expect(migration.statements[0]).toMatchObject({ sql: 'CREATE\tTABLE a (b int)', line: 4, comment: 'A.' });
  expect(migration.rollback.statements[0]).toMatchObject({ sql: 'DROP TABLE a', line: 6 });
});

test.each([
  '-- ROLLBACK',
  '-- Rollback:',
  '-- ===== rollback =====',
  '------ ROLLBACK ------',
  '--ROLLBACK',
  '-- -------\n-- ROLLBACK\n-- -------',
  '-- ROLLBACK\n-- To roll back this migration:',
  '-- ROLLBACK\n--\n-- Run, in this order:\n--',
])('the rollback section begins at %j', async (heading) => {
  const { rollback: section } = await parse(`CREATE TABLE a (b int);\n${heading}\n-- DROP TABLE a;\n`);

  expect(section.statements.map(({ sql }) => sql)).toEqual(['DROP TABLE a']);
});

test('remarks, rulers and blank lines in the rollback are fine, and its lines are lines of the file', async () => {
  const text = `CREATE TABLE a (b int);
-- ROLLBACK
--   -- children first
--   DROP INDEX i;
-- ----------------

--   DROP TABLE
--     a;`;

  const { rollback: section } = await parse(text);

  expect(section.statements.map(({ sql, line, comment }) => ({ sql, line, comment }))).toEqual([
    { sql: 'DROP INDEX i', line: 4, comment: 'children first' },
    { sql: 'DROP TABLE\n  a', line: 7, comment: '' },
  ]);
});

test("a function's body in the rollback keeps its own indentation and the file's line ends", async () => {
  const text = [
    'SELECT 1;',
    '-- ROLLBACK',
    '--   CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$',
    '--   BEGIN',
    '--     -- as it was',
    '--     RETURN 1;',
    '--',
    '--   END;',
    '--   $$;',
  ].join('\r\n');

  const { rollback: section } = await parse(text);

  expect(section.statements[0]?.sql).toContain('$$\r\nBEGIN\r\n  -- as it was\r\n  RETURN 1;\r\n\r\nEND;\r\n$$');
});

const wrapped = 'is not allowed: the workflow opens and ends the transactions. Remove it';
const elsewhere =
  'and not on this database alone: no branch can rehearse it, and no rollback of this file can undo it. Run it by hand beside the checklist';
const aLa = 'expected SQL as PostgreSQL parses it.';
const addSection =
  'Add a comment line "-- ROLLBACK" at the end of the file and below it, as comments, the SQL that undoes the migration';

const refused: readonly (readonly [text: string | Buffer, message: string])[] = [
  ['', '001_x.sql: there is no statement in the file; expected at least one. Write the migration, then the rollback'],
  [
    rollback,
    '001_x.sql: there is no statement in the file; expected at least one. Write the migration, then the rollback',
  ],
  ['CREATE TABLE a (b int);\n', `001_x.sql: there is no rollback section. ${addSection}`],
  ['CREATE TABLE a (b int); -- ROLLBACK\n', `001_x.sql: there is no rollback section. ${addSection}`],
  [
    'CREATE TABLE a (b int);\n-- Rollback instructions:\n-- DROP TABLE a;\n',
    '001_x.sql:2:1: "Rollback instructions:" does not start a rollback section; expected a comment line that says only ROLLBACK. Shorten it',
  ],
  ['CREATE TABLE a (b int);\n-- ROLLBACK\n--\n', `001_x.sql:2:1: the rollback section is empty. ${addSection}`],
  [
    'CREATE TABLE a (b int);\n-- ROLLBACK\n-- -- nothing\n',
    '001_x.sql:3:4: the rollback section holds no statement, only remarks. Write the SQL that undoes the migration',
  ],
  [
    `CREATE TABLE a (b int);\n${rollback}--   Then tell the team.\n`,
    `001_x.sql:4:6: syntax error at or near "Then"; ${aLa} In the rollback section, write a remark as "-- -- …"`,
  ],
  [
    `CREATE TABLE a (b int);\n${rollback}${rollback}`,
    '001_x.sql:4:1: a second ROLLBACK line; the rollback section starts at line 2. Keep one section',
  ],
  [
    `${rollback}CREATE TABLE a (b int);\n`,
    '001_x.sql:3:1: a statement follows the rollback section of line 1; expected the section at the end of the file. Move it there',
  ],
  [
    `CREATE TABLE a (b int);\n${rollback}/* DROP TABLE b; */\n`,
    '001_x.sql:4:1: this comment stands inside the rollback section; expected line comments ("-- …") with a line to themselves',
  ],
  [
    `-- é 😀\nCREATE TABLE 'é' (b int);\n${rollback}`,
    `001_x.sql:2:14: syntax error at or near a quoted string; ${aLa} Correct the statement`,
  ],
  [`CREATE TABLE a (b int\n${rollback}`, `001_x.sql:4:1: syntax error at end of input; ${aLa} Correct the statement`],
  [
    `SELECT 'a;\n`,
    `001_x.sql:1:8: unterminated quoted string at or near a quoted string; ${aLa} Correct the statement`,
  ],
  [
    `SELECT 1;\n/* begun\n${rollback}`,
    `001_x.sql:2:1: unterminated /* comment at or near "/* begun …"; ${aLa} Correct the statement`,
  ],
  [
    `CREATE ROLE a PASSWORD 'secret' 'secret2' LOGIN BY E'secret';\n${rollback}`,
    `001_x.sql:1:33: syntax error at or near a quoted string; ${aLa} Correct the statement`,
  ],
  [
    `\\i other.sql\n${rollback}`,
    '001_x.sql:1:1: "\\i other.sql" is a psql meta-command; expected SQL only. Remove it, or write out what it does',
  ],
  [
    `CREATE TABLE a (b int);\n\\d a\n${rollback}`,
    '001_x.sql:2:1: "\\d a" is a psql meta-command; expected SQL only. Remove it, or write out what it does',
  ],
  [
    `COPY a FROM stdin;\n1\t2\n\\.\n${rollback}`,
    '001_x.sql:2:1: rows follow a COPY … FROM stdin: inline COPY data is for psql. Use INSERT, or load the rows by other means',
  ],
  [
    `COPY a FROM stdin;\n${rollback}`,
    '001_x.sql:1:1: COPY from or to the client is not allowed: a migration has no client that sends rows. Use INSERT, or load the rows by other means',
  ],
  [`SELECT 1;\n  BEGIN;\n${rollback}`, `001_x.sql:2:3: BEGIN ${wrapped}`],
  [`START TRANSACTION;\n${rollback}`, `001_x.sql:1:1: START TRANSACTION ${wrapped}`],
  [`SELECT 1; COMMIT;\n${rollback}`, `001_x.sql:1:11: COMMIT ${wrapped}`],
  [`SAVEPOINT a;\n${rollback}`, `001_x.sql:1:1: SAVEPOINT ${wrapped}`],
  [`SELECT 1;\n-- ROLLBACK\n--   ROLLBACK;\n`, `001_x.sql:3:6: ROLLBACK ${wrapped}`],
  [`SELECT 1;\n-- ROLLBACK\n--   END;\n`, `001_x.sql:3:6: COMMIT ${wrapped}`],
  [
    `CREATE INDEX CONCURRENTLY ON a (b);\n${rollback}`,
    '001_x.sql:1:1: CREATE INDEX CONCURRENTLY without a name is not allowed: after an interruption nobody could tell which index it left. Give it a name',
  ],
  [
    `CREATE TABLE a (b int);\n-- ROLLBACK\n-- DISCARD ALL;\n`,
    '001_x.sql:3:4: DISCARD is not allowed: it throws away the session that the workflow runs in. Remove it',
  ],
  [
    `ALTER SYSTEM SET work_mem = '1GB';\n${rollback}`,
    `001_x.sql:1:1: ALTER SYSTEM acts on the whole server ${elsewhere}`,
  ],
  [
    `DELETE FROM migration_checklist.ledger;\n${rollback}`,
    '001_x.sql:1:1: the schema migration_checklist belongs to the ledger of applied migrations. Keep your objects elsewhere',
  ],
  // PostgreSQL folds what is not quoted.
  [
    `DELETE FROM MIGRATION_Checklist.ledger;\n${rollback}`,
    '001_x.sql:1:1: the schema migration_checklist belongs to the ledger of applied migrations. Keep your objects elsewhere',
  ],
  [
    `DELETE FROM "migration_checklist"."ledger";\n${rollback}`,
    '001_x.sql:1:1: the schema migration_checklist belongs to the ledger of applied migrations. Keep your objects elsewhere',
  ],
  [
    `CREATE TABLE a (b int);\n-- ROLLBACK\n-- DROP SCHEMA migration_checklist CASCADE;\n`,
    '001_x.sql:3:4: the schema migration_checklist belongs to the ledger of applied migrations. Keep your objects elsewhere',
  ],
  [
    Buffer.concat([Buffer.from('SELECT 1;\n-- '), Buffer.from([0xe9]), Buffer.from('\n')]),
    '001_x.sql:2: this line is not UTF-8; expected UTF-8. Save the file as UTF-8',
  ],
  [Buffer.from('\uFEFFSELECT 1;', 'utf16le'), '001_x.sql:1: the file is UTF-16; expected UTF-8. Save it as UTF-8'],
  [
    'SELECT 1;\nSELECT\u0000 2;',
    '001_x.sql:2: there is a zero byte in this line; PostgreSQL would read nothing behind it. Remove it',
  ],
  [
    Buffer.alloc(4 * 1024 * 1024 + 1, ' '),
    '001_x.sql: the file has 4194305 bytes; expected at most 4194304. Load data by other means, or split the migration',
  ],
];

test.each(refused.map(([text, message]) => [message, text] as const))('refused: %s', async (message, text) => {
  await expect(parse(text)).rejects.toThrow(expect.objectContaining({ name: 'MigrationRefused', message }));
});

test.each([
  ['DROP DATABASE a', 'the whole server'],
  ['CREATE DATABASE a', 'the whole server'],
  ['ALTER DATABASE a SET TABLESPACE b', 'the whole server'],
  ["CREATE TABLESPACE a LOCATION '/a'", 'the whole server'],
  ["CREATE SUBSCRIPTION a CONNECTION '' PUBLICATION b", 'another server'],
  ['DROP SUBSCRIPTION a', 'another server'],
])('%s acts on %s, forwards and back', async (sql, where) => {
  const words = new RegExp(`acts on ${where} and not on this database alone`);

  await expect(parse(`${sql};\n${rollback}`)).rejects.toThrow(words);
  await expect(parse(`SELECT 1;\n-- ROLLBACK\n-- ${sql};\n`)).rejects.toThrow(words);
});

test.each([
  'CREATE INDEX CONCURRENTLY i ON a (b)',
  'VACUUM a',
  'REINDEX TABLE a',
  'ANALYZE a',
  'CLUSTER a',
  'REFRESH MATERIALIZED VIEW CONCURRENTLY a',
  'SET LOCAL work_mem = 1',
])('%s is a statement of a migration', async (sql) => {
  await expect(parse(`${sql};\n${rollback}`)).resolves.toMatchObject({ statements: [{ sql }] });
});

test.each([`SELECT ${'('.repeat(100_000)}1`, `SELECT 1${'+1'.repeat(50_000)}`])(
  'nesting that the parser cannot hold is refused, and the next file is parsed (%#)',
  async (sql) => {
    await expect(parse(`${sql};\n${rollback}`)).rejects.toThrow(/^001_x\.sql:1:\d+: /);
    await expect(parse(`SELECT 1;\n${rollback}`)).resolves.toBeDefined();
  },
);
