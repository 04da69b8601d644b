import { pair, rehearse } from './rehearse-arrangements';

// Databases are copied as files, which a busy disk may take its time for.
jest.setTimeout(30_000);

const shop = `CREATE TYPE mood AS ENUM ('good'); CREATE TABLE a (id int PRIMARY KEY, name text DEFAULT 'x', note text);
  INSERT INTO a SELECT n FROM generate_series(1, 3) AS n`;

const only = async (up: string, down?: string, options: Parameters<typeof rehearse>[1] = {}) => {
  const { results } = await rehearse(pair('1_a', up, down), { setUp: shop, ...options });
  expect(results).toHaveLength(1);
  return results[0];
};

test('exact: the schema is what it was', async () => {
  const result = await only('ALTER TABLE a ADD COLUMN b int; CREATE INDEX a_b ON a (b)', 'ALTER TABLE a DROP COLUMN b');

  expect(result).toMatchObject({ migration: '1_a', up: 'ok', rollback: 'exact', differences: [], statements: 2 });
  expect(result?.error).toBeNull();
  expect(result?.durationMs).toBeGreaterThan(0);
});

test('harmless: a column that comes back is after the others', async () => {
  const result = await only('ALTER TABLE a DROP COLUMN name', "ALTER TABLE a ADD COLUMN name text DEFAULT 'x'");

  expect(result?.rollback).toBe('harmless');
  expect(result?.notes).toEqual([
    expect.stringContaining('1_a.up.sql:1: DROP COLUMN: rows and values are not compared'),
  ]);
  expect(result?.differences).toEqual([
    expect.stringMatching(/^harmless: the columns of public\.a are in another order/),
  ]);
});

test('irreversible by design: an enum value stays, and the second up fails for it', async () => {
  const result = await only("ALTER TYPE mood ADD VALUE 'bad'", 'SELECT 1');

  expect(result).toMatchObject({ rollback: 'irreversible by design', error: { phase: 'up again', sqlState: '42710' } });
  expect(result?.differences).toEqual([expect.stringContaining('bad')]);
});

test('differs: what was forgotten is named, with the SQL that puts it back', async () => {
  const result = await only('ALTER TABLE a ALTER COLUMN name DROP DEFAULT, ADD b int', 'ALTER TABLE a DROP COLUMN b');

  expect(result?.rollback).toBe('differs');
  expect(result?.differences).toEqual([expect.stringContaining('public.a.name')]);
  expect(result?.restoringSql).toEqual([expect.stringMatching(/ALTER TABLE public\.a .*SET DEFAULT 'x'/)]);
});

test('differs: what no SQL is known for is left to a person, by name', async () => {
  const result = await only('DROP OPERATOR CLASS backwards USING btree', 'SELECT 1', {
    setUp: `CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
      OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int)`,
  });

  expect(result).toMatchObject({ rollback: 'differs', restoringSql: [] });
  expect(result?.notes).toEqual([
    'the SQL that restores OPERATOR CLASS public.backwards USING btree has to be written by hand',
  ]);
});

test('differs: also when the second up leaves another schema than the first', async () => {
  const result = await only(
    'CREATE TABLE IF NOT EXISTS marks (n int); DO $$ BEGIN IF EXISTS (SELECT FROM a WHERE note IS NULL) THEN ALTER TABLE a ADD seen int; END IF; END $$',
    "DROP TABLE marks; ALTER TABLE a DROP COLUMN seen; UPDATE a SET note = ''",
  );

  expect(result?.rollback).toBe('differs');
  expect(result?.differences).toEqual([expect.stringMatching(/^after up again: - COLUMN public\.a\.seen/)]);
});

test('fails: file, line, SQLSTATE and message of the rollback are reported', async () => {
  const result = await only('CREATE VIEW v AS SELECT 1 AS x', 'SELECT 1;\n\nDROP VIEW\n  w;');

  expect(result).toMatchObject({
    up: 'ok',
    rollback: 'fails',
    differences: [],
    error: { phase: 'down', sqlState: '42P01', file: '1_a.down.sql', line: 3 },
  });
  expect(result?.error?.message).toContain('view "w" does not exist');
});

test('fails: a rollback that is exact, after which up fails', async () => {
  const result = await only(
    "DO $$ BEGIN IF EXISTS (SELECT FROM a WHERE id = 9) THEN RAISE 'once only'; END IF; END $$; CREATE VIEW v AS SELECT 1 AS x",
    'DROP VIEW v; INSERT INTO a VALUES (9)',
  );

  expect(result).toMatchObject({ rollback: 'fails', error: { phase: 'up again', sqlState: 'P0001' } });
});

test('missing: a way back is written, run and compared, and offered with what it loses', async () => {
  const result = await only(
    'ALTER TABLE a RENAME COLUMN name TO label; ALTER TABLE a DROP COLUMN note; CREATE TABLE b (a int REFERENCES a)',
  );

  expect(result).toMatchObject({ up: 'ok', rollback: 'missing', differences: [], restoringSql: [] });
  expect(result?.wayBack).toEqual({
    verdict: 'exact',
    sql: [
      'ALTER TABLE public.a RENAME COLUMN label TO name',
      'DROP TABLE public.b',
      'ALTER TABLE public.a ADD COLUMN note text',
    ],
    losses: [
      'public.a.note comes back without its values: they went with the migration',
      'public.b goes, with the rows that it got since the migration',
    ],
    differences: [],
    reasons: [],
  });
});

test('missing: what is lost is counted, and values that the way back changes are told', async () => {
  const result = await only('ALTER TABLE a DROP COLUMN name; ALTER TABLE a ALTER COLUMN id TYPE text USING id + 7');

  expect(result?.wayBack?.losses).toEqual([
    'public.a.name comes back without its values: they went with the migration (3 values here)',
    'up to 3 values of public.a.id changed',
    'public.a.id is integer again: it fails on a value that does not fit, and may round others',
  ]);
});

test('missing: a table that took the name of another gives it back, and the old one keeps its rows', async () => {
  const result = await only(
    'ALTER TABLE a RENAME TO a_old; CREATE TABLE a (id int); INSERT INTO a SELECT id FROM a_old',
  );

  expect(result?.wayBack?.verdict).toBe('exact');
  expect(result?.wayBack?.sql.slice(0, 2)).toEqual([
    'ALTER TABLE public.a RENAME TO a_in_the_way',
    'ALTER TABLE public.a_old RENAME TO a',
  ]);
  expect(result?.wayBack?.losses).toEqual(['public.a_in_the_way goes, with the rows that it got since the migration']);
});

test('missing: an enum value goes with its type, and a new type takes its place', async () => {
  const result = await only("ALTER TYPE mood ADD VALUE 'bad'");

  expect(result?.wayBack).toMatchObject({ verdict: 'exact', reasons: [] });
  expect(result?.wayBack?.sql[0]).toBe('ALTER TYPE public.mood RENAME TO mood_replaced');
});

test('missing: what cannot be taken back is named, and why', async () => {
  const result = await only("ALTER TYPE mood ADD VALUE 'bad'", undefined, {
    setUp: "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE days (mood mood) PARTITION BY LIST (mood)",
  });

  expect(result?.wayBack).toMatchObject({ verdict: 'irreversible by design', sql: [] });
  expect(result?.wayBack?.reasons).toEqual([
    "public.mood keeps 'bad': PostgreSQL cannot remove a value from an enum type",
    expect.stringContaining('no type without it can take its place: ALTER TABLE public.days ALTER COLUMN mood TYPE'),
  ]);
});

test('an error of up has the place that PostgreSQL points at, and no verdict', async () => {
  const result = await only('SELECT 1;\nSELECT\n  nonsense\nFROM a', 'SELECT 1');

  expect(result).toMatchObject({
    up: 'error',
    rollback: null,
    error: { phase: 'up', sqlState: '42703', file: '1_a.up.sql', line: 3 },
  });
});

test('what is no SQL is an error of its migration, with its line', async () => {
  const result = await only("SELECT '😀';\n\\connect shop\nSELECT 2;", 'SELECT 1');

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '42601', line: 2 } });
  expect(result?.error?.message).toContain('; "\\connect shop" is a psql meta-command; expected SQL only.');
});

test('rows behind COPY FROM stdin are explained', async () => {
  const result = await only('COPY a FROM stdin;', 'SELECT 1');

  expect(result?.up).toBe('error');
  expect(result?.error?.message).toMatch(/only psql can send/);
});

test('a constraint that is checked at the end of the transaction counts', async () => {
  const result = await only(
    'ALTER TABLE a ADD p int REFERENCES a DEFERRABLE INITIALLY DEFERRED; UPDATE a SET p = 99',
    'ALTER TABLE a DROP p',
  );

  expect(result).toMatchObject({ up: 'error', error: { sqlState: expect.stringMatching(/^(23503|55006)$/) } });
});

test('after a failed rollback the next migration starts from the state after up, with its rows', async () => {
  const { results } = await rehearse(
    {
      ...pair('1_a', 'ALTER TABLE a ADD b int NOT NULL DEFAULT 7', 'UPDATE a SET id = -id; DROP TABLE nothing'),
      ...pair('2_b', 'DELETE FROM a WHERE id = 1; CREATE TABLE c (id int)', 'DROP TABLE a'),
      ...pair(
        '3_c',
        'ALTER TABLE a ADD CONSTRAINT kept CHECK (id IN (2, 3) AND b = 7)',
        'ALTER TABLE a DROP CONSTRAINT kept',
      ),
    },
    { setUp: shop },
  );

  expect(results.map(({ up, rollback }) => [up, rollback])).toEqual([
    ['ok', 'fails'],
    ['ok', 'differs'],
    ['ok', 'exact'],
  ]);
});

const broken = { ...pair('1_a', 'SELECT 1/0', ''), ...pair('2_b', 'CREATE TABLE b ()', 'DROP TABLE b') };

test('the first migration that cannot be applied is the last one', async () => {
  expect((await rehearse(broken, { keepGoing: false })).results.map(({ up }) => up)).toEqual(['error']);
});

test('with keepGoing the next one starts from where it was before', async () => {
  expect((await rehearse(broken)).results.map(({ up }) => up)).toEqual(['error', 'ok']);
});

const three = {
  ...pair('1_a', 'CREATE TABLE x (id int)', 'DROP TABLE x'),
  ...pair('2_b', 'ALTER TABLE x ADD b int', 'ALTER TABLE x DROP b'),
  ...pair('3_c', 'ALTER TABLE x ADD c int', 'ALTER TABLE x DROP c'),
};

test('--from applies what comes before in an empty database, and says so', async () => {
  const { results, said } = await rehearse(three, { from: '3' });

  expect(results.map(({ migration, rollback }) => [migration, rollback])).toEqual([['3_c', 'exact']]);
  expect(said).toEqual(['1_a to 2_b: applied without being rehearsed']);
});

test('--only takes what comes before as applied where there are tables, and says so', async () => {
  const { results, said } = await rehearse(three, { only: '2', setUp: 'CREATE TABLE x (id int)' });

  expect(results.map(({ migration, rollback }) => [migration, rollback])).toEqual([['2_b', 'exact']]);
  expect(said).toEqual(['1_a: taken as applied, because the database holds tables']);
});

test('where tables are in the way of the first migration, and of no other, --from is pointed at', async () => {
  const { results } = await rehearse(three, { setUp: 'CREATE TABLE x (id int, b int)' });

  expect(results.map(({ up }) => up)).toEqual(['error', 'error', 'ok']);
  expect(results.map(({ notes }) => notes)).toEqual([
    [expect.stringMatching(/^the database holds tables already: .* use --from/)],
    [],
    [],
  ]);
});

test('what cannot be applied before --from is reported as a result', async () => {
  const { results } = await rehearse({ ...broken, ...pair('3_c', 'SELECT 1', 'SELECT 1') }, { from: '3' });

  expect(results).toMatchObject([{ migration: '1_a', up: 'error', rollback: null, error: { sqlState: '22012' } }]);
});
