/** What passes on empty tables and fails on rows is found on rows that are made for it, and told as exactly that. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isFine } from '#local/rehearsal/result';
import { projectRoot } from '#test/support/project-root';
import { pair, rehearse as rehearseAll } from './rehearse-arrangements';

const rehearse = (texts: Readonly<Record<string, string>>, setUp = '') => rehearseAll(texts, { rows: 20, setUp });

const caseFolder = path.join(projectRoot, 'test/truth/cases/rehearse-without-rows');
const people = Object.fromEntries(
  readdirSync(caseFolder).map((name) => [name, readFileSync(path.join(caseFolder, name), 'utf8')]),
);

test('a required column and a narrower type fail on rows, and lost values are told', async () => {
  const { results } = await rehearse(people);

  expect(results.map(({ up, rollback, losses }) => [up, rollback, losses])).toEqual([
    ['ok', 'exact', []],
    ['ok', 'exact', [expect.stringMatching(/^\d+ values of public\.people\.phone became null$/)]],
    ['fails with rows', 'exact', []],
    ['fails with rows', 'exact', []],
  ]);
  expect(results[2]?.error).toMatchObject({ phase: 'up', sqlState: '23502', line: 1 });
  expect(results[2]?.error?.message).toMatch(
    /contains null values .*it runs without rows and fails on rows made for this rehearsal, in public\.people \(20 rows.*; the schema allows such rows\. To mend it: .*give a new column a default/,
  );
  expect(results[3]?.error).toMatchObject({ phase: 'up', sqlState: '22001' });
  expect(results[2]?.notes).toContainEqual(expect.stringContaining('--rows 0 rehearses without rows'));
  expect(results.flatMap(({ notes }) => notes).filter((note) => note.includes('not tried'))).toEqual([]);
});

const tables =
  'CREATE TABLE t (id int PRIMARY KEY, a int, b text, c date, d varchar(50), e numeric(10,2), f jsonb, g bool); CREATE TABLE p (id int PRIMARY KEY);';

const second = async (up: string, down = 'SELECT 1;') => {
  const { results } = await rehearse({ ...pair('1_a', tables, 'DROP TABLE t, p;'), ...pair('2_b', up, down) });
  return results[1];
};

test.each([
  ['NOT NULL over nulls', 'ALTER TABLE t ALTER COLUMN a SET NOT NULL', '23502'],
  ['a narrower number', 'ALTER TABLE t ALTER COLUMN a TYPE smallint', '22003'],
  ['fewer digits', 'ALTER TABLE t ALTER COLUMN e TYPE numeric(4,2)', '22003'],
  ['a new check', 'ALTER TABLE t ADD CHECK (a >= 0)', '23514'],
  ['a division by a value', 'UPDATE t SET a = 10 / a', '22012'],
  ['a block that does it', `DO $$ BEGIN EXECUTE 'ALTER TABLE t ALTER COLUMN g SET NOT NULL'; END $$`, '23502'],
  [
    'a check of a domain',
    'CREATE DOMAIN small AS int CHECK (VALUE < 100); ALTER TABLE t ALTER COLUMN a TYPE small',
    '23514',
  ],
  ['a generated column', 'ALTER TABLE t ADD COLUMN h int GENERATED ALWAYS AS (1 / a) STORED', '22012'],
])('%s', async (_, up, sqlState) => {
  expect(await second(`${up};`)).toMatchObject({ up: 'fails with rows', error: { phase: 'up', sqlState } });
});

test.each([
  ['a key over equal rows', 'ALTER TABLE t ADD UNIQUE (b)', '23505'],
  ['a unique index on an expression', 'CREATE UNIQUE INDEX ON t (lower(d))', '23505'],
  ['a cast of text to a number', 'ALTER TABLE t ALTER COLUMN b TYPE int USING b::int', '22P02'],
  ['a new foreign key', 'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p', '23503'],
])('%s is told as depending on the data', async (_, up, sqlState) => {
  const result = await second(`${up};`);

  expect(result).toMatchObject({ up: 'depends on rows', error: { phase: 'up', sqlState } });
  expect(result?.error?.message).toMatch(
    /it depends on the data: it runs without rows, and fails where .*; of the rows made for this rehearsal, in .*public\.t \(20 rows.*some are so\. If yours may be: /,
  );
  const goneBack = result && { ...result, rollback: 'exact' as const };
  expect(goneBack && isFine(goneBack)).toBe(true);
  expect(goneBack && isFine(goneBack, { isStrict: true })).toBe(false);
});

test.each([
  [
    'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE t (user_id int, owner_user_id int, parent_id int, id int PRIMARY KEY);',
    'users',
  ],
  [
    'CREATE TABLE app_users (id uuid PRIMARY KEY); CREATE TABLE t (id uuid PRIMARY KEY, "userId" uuid NOT NULL);',
    'app_users',
  ],
])('a column named after a table refers to its rows, as the application has it: %s', async (made, users) => {
  const column = made.includes('"userId"') ? '"userId"' : 'owner_user_id';
  const { results } = await rehearse({
    ...pair('1_a', made, `DROP TABLE t, ${users};`),
    ...pair('2_b', `ALTER TABLE t ADD FOREIGN KEY (${column}) REFERENCES ${users};`, 'SELECT 1;'),
  });

  expect(results[1]).toMatchObject({ up: 'ok', error: null });
});

test('a column whose type is not that of the key, or whose name means two tables, refers to none', async () => {
  const { results } = await rehearse({
    ...pair(
      '1_a',
      'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE a_user (id int PRIMARY KEY); CREATE TABLE b_user (id int PRIMARY KEY); CREATE TABLE t (user_id int);',
      'DROP TABLE t, users, a_user, b_user;',
    ),
    ...pair('2_b', 'ALTER TABLE t ADD FOREIGN KEY (user_id) REFERENCES a_user;', 'SELECT 1;'),
  });

  expect(results[1]).toMatchObject({ up: 'depends on rows', error: { sqlState: '23503' } });
});

test('a file that says why no data has such rows passes, and its reason is noted beside what failed', async () => {
  const result = await second(
    '-- first\n-- waive: fails-with-rows, the import never leaves a empty\nALTER TABLE t ALTER COLUMN a SET NOT NULL;',
  );

  expect(result).toMatchObject({ up: 'ok', error: null });
  expect(result?.notes).toContainEqual(
    expect.stringMatching(
      /^fails with rows \(.*null values.*\), which the file lets pass: the import never leaves a empty$/,
    ),
  );
});

test('a waiver without a reason, or of something else, lets nothing pass', async () => {
  for (const comment of ['waive: fails-with-rows', 'waive: fails-with-rows,', 'waive: column-required, seen'])
    expect(await second(`-- ${comment}\nALTER TABLE t ALTER COLUMN a SET NOT NULL;`)).toMatchObject({
      up: 'fails with rows',
    });
});

test.each([
  ['a column with a default', 'ALTER TABLE t ADD COLUMN h int NOT NULL DEFAULT 1'],
  ['NOT NULL behind an UPDATE', 'UPDATE t SET a = 0 WHERE a IS NULL; ALTER TABLE t ALTER COLUMN a SET NOT NULL'],
  ['a wider type', 'ALTER TABLE t ALTER COLUMN a TYPE bigint'],
  ['a check that is not validated', 'ALTER TABLE t ADD CHECK (a >= 0) NOT VALID'],
  ['a shorter type with USING', 'ALTER TABLE t ALTER COLUMN b TYPE varchar(3) USING left(b, 3)'],
])('%s runs on rows', async (_, up) => {
  expect(await second(`${up};`)).toMatchObject({ up: 'ok' });
});

test('a migration that fails anyway fails as it does without rows', async () => {
  const result = await second('ALTER TABLE t ADD COLUMN h int NOT NULL; SELECT * FROM nowhere;');

  expect(result).toMatchObject({ up: 'error', rollback: null, error: { sqlState: '42P01' } });
});

test('what one migration fills, the next one may count on', async () => {
  const { results } = await rehearse({
    ...pair('1_a', tables, 'DROP TABLE t, p;'),
    ...pair('2_b', `ALTER TABLE t ADD COLUMN h text; UPDATE t SET h = 'x';`, 'ALTER TABLE t DROP COLUMN h;'),
    ...pair('3_c', 'ALTER TABLE t ALTER COLUMN h SET NOT NULL;', 'ALTER TABLE t ALTER COLUMN h DROP NOT NULL;'),
    ...pair('4_d', 'ALTER TABLE t ADD COLUMN i text;', 'ALTER TABLE t DROP COLUMN i;'),
    ...pair('5_e', 'ALTER TABLE t ADD UNIQUE (i);', 'ALTER TABLE t DROP CONSTRAINT t_i_key;'),
  });

  expect(results.map(({ up }) => up)).toEqual(['ok', 'ok', 'ok', 'ok', 'depends on rows']);
});

test('a way back that fails on rows is told from one that fails', async () => {
  const dropped = await second('ALTER TABLE t DROP COLUMN a;', 'ALTER TABLE t ADD COLUMN a int NOT NULL;');
  const broken = await second('ALTER TABLE t DROP COLUMN a;', 'DROP TABLE nowhere;');

  expect(dropped).toMatchObject({ up: 'ok', rollback: 'fails with rows', error: { phase: 'down', sqlState: '23502' } });
  expect(broken).toMatchObject({ up: 'ok', rollback: 'fails', error: { phase: 'down', sqlState: '42P01' } });
});

test.each([
  [
    'ALTER TABLE t ALTER COLUMN b TYPE varchar(3) USING left(b, 3);',
    'ALTER TABLE t ALTER COLUMN b TYPE text;',
    /^up to \d+ values of public\.t\.b changed$/,
  ],
  ['DELETE FROM t WHERE a < 0;', 'SELECT 1;', /rows? of public\.t (?:is|are) gone$/],
  ['INSERT INTO t (id) VALUES (-5);', 'SELECT 1;', /^public\.t has 1 row more than before$/],
  ['UPDATE t SET g = NULL;', 'SELECT 1;', /values of public\.t\.g became null$/],
])('%s then %s is told', async (up, down, told) => {
  expect((await second(up, down))?.losses).toEqual([expect.stringMatching(told)]);
});

test('rows that the history or the database has are left as they are, and no others come beside them', async () => {
  const { results } = await rehearse(
    {
      ...pair('1_a', 'ALTER TABLE one ADD COLUMN b int NOT NULL DEFAULT 1;', 'SELECT 1;'),
      ...pair('2_b', 'UPDATE one SET a = (SELECT a FROM one);', 'SELECT 1;'),
    },
    'CREATE TABLE one (a int); INSERT INTO one VALUES (1)',
  );

  expect(results[1]).toMatchObject({ up: 'ok' });
});

test('a table without rows is named with the reason, and with what was not tried for it', async () => {
  const { results } = await rehearse(
    pair('1_a', 'ALTER TABLE t ALTER COLUMN a SET NOT NULL;', 'ALTER TABLE t ALTER COLUMN a DROP NOT NULL;'),
    'CREATE TABLE t (a int); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING',
  );

  expect(results[0]).toMatchObject({ up: 'ok', rollback: 'exact' });
  expect(results[0]?.notes).toEqual(
    expect.arrayContaining([
      'no rows could be made for public.t: a rule or a trigger lets no row in',
      expect.stringContaining('so this was not tried: NOT NULL fails on any row whose a is null'),
    ]),
  );
});
