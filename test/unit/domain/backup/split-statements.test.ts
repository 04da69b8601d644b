import { createStatementSplitter, type DumpText } from '#domain/backup/split-statements';

const split = (text: string): readonly DumpText[] => {
  const splitter = createStatementSplitter();
  const parts = text.split(/(?<=\n)/).flatMap((line) => splitter.addLine(line));
  expect(splitter.unfinished()).toBe('');
  return parts;
};

const statementsIn = (text: string) => split(text).flatMap((part) => (part.kind === 'statement' ? part.sql : []));

test('statements end at semicolons, also several in a line and one over many lines', () => {
  expect(statementsIn('SELECT 1;SELECT 2; \n\nCREATE TABLE t (\n  a int\n);\n')).toEqual([
    'SELECT 1;',
    'SELECT 2;',
    'CREATE TABLE t (\n  a int\n);',
  ]);
});

test.each([
  ['a string', "SELECT 'a;b';"],
  ['a doubled quote', "SELECT 'it''s; so';"],
  ['a string over lines', "COMMENT ON TABLE t IS 'one;\n-- two;\n\\restrict x\n$$;\n';"],
  ['a backslash in a plain string', "SELECT 'a\\'; "],
  ['an escape string', "SELECT E'a\\';b\\\\';"],
  ['an escape string with a small letter', "SELECT e'\\';';"],
  ['a backslash before a line end', "SELECT E'a\\\n;';"],
  ['a name that ends in e before a string', "SELECT 1 AS name'x\\';"],
  ['a quoted name', 'SELECT 1 AS "a;""b;";'],
  ['dollar quotes', 'DO $$ BEGIN; END $$;'],
  ['dollar quotes with a tag, another tag inside', 'DO $a_1$ ; $$;$$ $b$ ; $a_1$;'],
  ['dollar quotes over lines', 'DO $function$\n;\n\'"\n$$;\n$function$;'],
  ['a parameter, which is no dollar quote', "SELECT $1, '$1$';"],
  ['a name with dollars, which is no dollar quote', "SELECT a$b$, 'x';"],
  ['a line comment within', "SELECT 1 -- not; 'the end\n, 2;"],
  ['a block comment', "SELECT /* ; ' */ 1;"],
  ['a nested block comment over lines', 'SELECT /* a; /* b;\n */ c; */ 1;'],
  ['parentheses', 'CREATE RULE r AS ON INSERT TO t DO INSTEAD (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2););'],
  ['a body in BEGIN ATOMIC', 'CREATE FUNCTION f() RETURNS int\n BEGIN ATOMIC\n SELECT 1;\n SELECT 2;\nEND;'],
  [
    'CASE in such a body',
    'CREATE OR REPLACE PROCEDURE p() begin atomic SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; END;',
  ],
  [
    'a quoted END in such a body',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS "end"; SELECT \'END\'; END;',
  ],
  ['letters beyond ASCII', "SELECT 'ü;€😀' AS größe;"],
])('%s hides its semicolons', (_, sql) => {
  const trimmed = sql.trimEnd();

  expect(statementsIn(`${sql}\nSELECT 'next';\n`)).toEqual([trimmed, "SELECT 'next';"]);
});

test('a function called begin, and CASE outside of a body, open no block', () => {
  expect(
    statementsIn("CREATE FUNCTION public.begin() RETURNS int LANGUAGE sql AS 'SELECT 1';\nSELECT CASE;\nEND;\n"),
  ).toHaveLength(3);
});

test('comments between statements are told apart from comments within', () => {
  expect(split('-- one\n--\nSELECT -- two\n1; -- three\n')).toEqual([
    { kind: 'comment', text: '-- one' },
    { kind: 'comment', text: '--' },
    { kind: 'statement', sql: 'SELECT -- two\n1;' },
    { kind: 'comment', text: '-- three' },
  ]);
});

test('a line that begins with a backslash is for psql, unless a statement has begun', () => {
  expect(split("\\restrict abc\nSELECT '\n\\x';\n\\connect other\n")).toEqual([
    { kind: 'meta', text: '\\restrict abc' },
    { kind: 'statement', sql: "SELECT '\n\\x';" },
    { kind: 'meta', text: '\\connect other' },
  ]);
});

test('what has begun and not ended is told', () => {
  const splitter = createStatementSplitter();

  splitter.addLine("SELECT 'open;\n");

  expect(splitter.unfinished()).toBe("SELECT 'open;\n");
});
