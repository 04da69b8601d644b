import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadModule, scanSync } from 'libpg-query';
import { isComment, lexemesOf } from '#domain/sql/lexemes';
import { projectRoot } from '#test/support/project-root';

const migrations = path.join(projectRoot, 'migrations');

const texts = [
  ...readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(path.join(migrations, name), 'utf8')),
  'SELECT \'it\'\'s -- no comment\', "an ""odd"" -- name" -- a comment\n',
  "SELECT E'it\\'s -- no comment', 'a\\' -- a comment",
  "SELECT e'\\\\' -- a comment",
  'SELECT $$ -- no comment $$, $a$ $$ -- no $b$ comment $a$ -- a comment',
  'SELECT a$b$c -- a comment $b$',
  '/* a /* nested */ comment */ SELECT 1 /* another */',
  "SELECT U&'d\\0061t' /* c */, U&\"d\\0061t\", B'101', x'1F', N'a' -- c",
  'SELECT 1 -- ends at a carriage return\rSELECT 2 -- c\r\nSELECT 3',
  '-- é ü 😀\nSELECT \'é\' AS "ü" /* 😀 */',
  'SELECT 1+--a comment behind an operator\n2',
  'SELECT a::text, $1, 1.5e10, b[1:2] -- c',
];

/** The real scanner's comments, as text. */
const commentsByParser = (text: string) =>
  scanSync(text)
    .tokens.filter(({ tokenName }) => tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT')
    .map((token) => token.text);

test.each(texts)("comments are where PostgreSQL's own scanner sees them: %j", async (text) => {
  await loadModule();

  const comments = lexemesOf(text)
    .filter(isComment)
    .map(({ start, end }) => text.slice(start, end));

  expect(comments).toEqual(commentsByParser(text));
});

test.each(["'", '"', '$$', '/*', '$a$ b', "E'\\", '\u0000', '', ' \n\t'])(
  'text that ends too early is no reason to fail: %j',
  (text) => {
    const lexemes = lexemesOf(text);

    expect(lexemes.at(-1)?.end ?? text.length).toBe(text.length);
  },
);
