/** What succeeds because a table is empty is not a proof of anything: the rehearsal says what it has not tried. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#test/support/project-root';
import { rehearse } from './rehearse-arrangements';

const caseFolder = path.join(projectRoot, 'test/truth/cases/rehearse-without-rows');
const texts = Object.fromEntries(
  readdirSync(caseFolder).map((name) => [name, readFileSync(path.join(caseFolder, name), 'utf8')]),
);

const untried = (notes: readonly string[]) => notes.filter((note) => note.includes('so this was not tried'));

test('a required column and a narrower type pass on a table without rows, and that is said', async () => {
  const { results } = await rehearse(texts);

  expect(results.map(({ up, rollback }) => [up, rollback])).toEqual([
    ['ok', 'exact'],
    ['ok', expect.any(String)],
    ['ok', 'exact'],
    ['ok', expect.any(String)],
  ]);
  expect(results.map(({ notes }) => untried(notes))).toEqual([
    [],
    [],
    [
      '0003_required_city.up.sql:1: public.people has 0 rows here, so this was not tried: NOT NULL without default fails on any row (column city)',
    ],
    [
      '0004_short_name.up.sql:1: public.people has 0 rows here, so this was not tried: character varying(3) may not hold the values of name',
    ],
  ]);
});

const folder = (sql: string) => ({
  '1_a.up.sql': 'CREATE TABLE a (id int, b int); CREATE TABLE c (id int PRIMARY KEY);',
  '1_a.down.sql': 'DROP TABLE a, c;',
  '2_b.up.sql': sql,
  '2_b.down.sql': 'SELECT 1;',
});

test.each([
  ['ALTER TABLE a ALTER COLUMN b SET NOT NULL', 'NOT NULL fails on any row whose b is null'],
  ['ALTER TABLE a ADD CHECK (b > 0)', 'the CHECK fails on any row'],
  ['ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c', 'the foreign key fails on any row that refers to nothing'],
  ['ALTER TABLE a ADD PRIMARY KEY (id)', 'PRIMARY KEY fails on equal rows and on nulls'],
  ['CREATE UNIQUE INDEX u ON a (b)', 'the unique index fails on equal rows'],
  ['UPDATE a SET b = 1 / b', 'UPDATE changed none'],
])('%s: %s', async (sql, what) => {
  const [, second] = (await rehearse(folder(`${sql};`))).results;

  expect(second?.notes.join('\n')).toContain(what);
});

test.each([
  'ALTER TABLE a ADD COLUMN d int NOT NULL DEFAULT 1',
  'ALTER TABLE a ADD CHECK (b > 0) NOT VALID',
  'CREATE TABLE d (id int); ALTER TABLE d ADD PRIMARY KEY (id)',
  'INSERT INTO a VALUES (1, 1)',
])('%s depends on no row that is there', async (sql) => {
  const [, second] = (await rehearse(folder(`${sql};`))).results;

  expect(untried(second?.notes ?? [])).toEqual([]);
});

test('where there is a row, it was tried', async () => {
  const texts = { ...folder('ALTER TABLE a ALTER COLUMN b SET NOT NULL;') };
  const [, second] = (await rehearse({ ...texts, '1_a.up.sql': `${texts['1_a.up.sql']} INSERT INTO a VALUES (1, 1);` }))
    .results;

  expect(untried(second?.notes ?? [])).toEqual([]);
});
