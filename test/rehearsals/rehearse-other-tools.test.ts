/** What other tools' files ask of a rehearsal on a server. */
import { recogniseFolder } from '#domain/folders/recognise';
import { wholeFile } from '#domain/folders/script';
import { withRehearsalGround } from '#local/rehearsal/ground';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { withTarget } from '#test/postgres/database-arrangements';
import { filesOf, pair, rehearse, urlOf } from './rehearse-arrangements';

jest.setTimeout(30_000);

const sqlMigrate = (up: string, down: string) => ({
  '1_a.sql': `-- +migrate Up\n${up}\n\n-- +migrate Down\n${down}\n`,
});

test('a file that ends the transaction of its tool and begins another goes up and back', async () => {
  const texts = sqlMigrate(
    'CREATE TABLE t (a int);\nCOMMIT;\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nBEGIN;',
    'DROP TABLE t;',
  );
  const { results } = await rehearse(texts);

  expect(results).toMatchObject([{ up: 'ok', rollback: 'exact' }]);
  expect(results[0]?.notes[0]).toMatch(/^1_a\.sql ends the transaction that its tool opens/);
});

test('what stood before the COMMIT is said to stand when a later statement fails; what is open is not', async () => {
  const { results } = await rehearse(
    sqlMigrate('CREATE TABLE t (a int);\nCOMMIT;\nBEGIN;\nCREATE TABLE u ();\nCREATE TABLE u ();', 'SELECT 1;'),
  );

  expect(results[0]).toMatchObject({ up: 'error', error: { sqlState: '42P07', line: 6 } });
  expect(results[0]?.notes).toContain(
    '1_a.sql: the first 2 of 5 statements are committed; a second attempt would run them again',
  );
});

test('a file that opens a transaction and leaves it open is still an error', async () => {
  const { results } = await rehearse(pair('1_a', 'BEGIN;\nCREATE TABLE t ();', 'DROP TABLE t;'));

  expect(results[0]?.error?.message).toMatch(/leaves a transaction open/);
});

test('equal versions go up in the order of their names, each with its own way back', async () => {
  const { results } = await rehearse({
    ...pair('100_a', 'CREATE TABLE a (a int);', 'DROP TABLE a;'),
    ...pair('100_b', 'ALTER TABLE a ADD b int;', 'ALTER TABLE a DROP b;'),
  });

  expect(results.map(({ migration, rollback }) => [migration, rollback])).toEqual([
    ['100_a', 'exact'],
    ['100_b', 'exact'],
  ]);
});

test('what a newer PostgreSQL would take is told from what is wrong everywhere', async () => {
  const newer = 'ALTER TABLE t ADD CONSTRAINT t_a_nn NOT NULL a;';
  const { results } = await rehearse({
    '1_a/up.sql': 'CREATE TABLE t (a int);',
    '1_a/down.sql': `${newer}\nDROP TABLE t;`,
    '2_b/up.sql': 'CREATE TABEL u (a int);',
  });

  expect(results[0]).toMatchObject({
    up: 'ok',
    rollback: 'fails',
    error: { phase: 'down', sqlState: '42601', line: 1 },
  });
  expect(results[0]?.error?.message).toMatch(/; valid in PostgreSQL 18, this server is 17/);
  expect(results[1]?.error?.message).not.toContain('valid in');
});

const trigram = pair(
  '001_t',
  'CREATE TABLE t (a text);\nCREATE INDEX t_a ON t USING gin (a gin_trgm_ops);',
  'DROP TABLE t;',
);

test('a missing extension is named with the option that makes it', async () => {
  const { results } = await rehearse(trigram);

  expect(results[0]?.error).toMatchObject({ sqlState: '42704', line: 2 });
  expect(results[0]?.error?.message).toMatch(/; gin_trgm_ops comes with the extension pg_trgm; --extension pg_trgm/);
});

test("what happens to the tool's own table is not compared, and everything else is", async () => {
  const setUp = 'CREATE TABLE schema_migrations (id serial PRIMARY KEY, version bigint)';
  const up = 'CREATE TABLE a (id int); ALTER TABLE schema_migrations ADD at timestamptz UNIQUE;';
  const verdicts = async (down: string, ownTables: readonly string[]) => {
    const { results } = await rehearse(pair('1_a', `${up.replace(' ADD', ' ADD IF NOT EXISTS')}`, down), {
      setUp,
      ownTables,
    });
    return results.map(({ rollback }) => rollback);
  };

  expect(await verdicts('DROP TABLE a;', ['schema_migrations'])).toEqual(['exact']);
  expect(await verdicts('DROP TABLE a;', [])).toEqual(['differs']);
  expect(await verdicts('SELECT 1;', ['schema_migrations'])).toEqual(['differs']);
});

const never = new Promise<never>(() => undefined);

type Preparation = { readonly extensions?: readonly string[]; readonly before?: string };

const rehearsePrepared = (texts: Readonly<Record<string, string>>, { extensions = [], before }: Preparation) =>
  withTarget('', ({ connection }) =>
    withRehearsalGround(
      {
        databaseUrl: urlOf(connection),
        statementTimeoutMs: 20_000,
        extensions,
        before: before === undefined ? null : wholeFile({ path: 'first.sql', bytes: Buffer.from(before) }),
      },
      never,
      async ({ ground, start, description }) => {
        const said: string[] = [];
        const [last, ...others] = recogniseFolder(filesOf(texts)).migrations.toReversed();
        const results = await rehearseFolder(
          ground,
          start,
          { before: others, rehearsed: last ? [last] : [] },
          {
            keepGoing: true,
            interrupted: never,
            onStart: () => undefined,
            onResult: () => undefined,
            onNote: (text) => said.push(text),
          },
        );
        return { results, said, description };
      },
    ),
  );

test('--extension makes it before the first migration, and the version of the server is said', async () => {
  const { results, description } = await rehearsePrepared(trigram, { extensions: ['pg_trgm'] });

  expect(results).toMatchObject([{ up: 'ok', rollback: 'exact' }]);
  expect(description).toMatch(/, PostgreSQL 17\.\d+$/);
});

test('--before runs a file first; its tables do not make the migrations before --from applied ones', async () => {
  const texts = {
    ...pair('1_a', 'CREATE TABLE auth.a (id int REFERENCES auth.users);', 'DROP TABLE auth.a;'),
    ...pair('2_b', 'ALTER TABLE auth.a ADD b int;', 'ALTER TABLE auth.a DROP b;'),
  };
  const before = 'CREATE SCHEMA auth;\nCREATE TABLE auth.users (id int PRIMARY KEY);';
  const { results, said } = await rehearsePrepared(texts, { before });

  expect(results).toMatchObject([{ migration: '2_b', up: 'ok', rollback: 'exact' }]);
  expect(said[0]).toBe('1_a: applied without being rehearsed');
});

test.each([
  [{ before: 'SELECT 1;\nCREATE TABEL t ();' }, /^--before first\.sql:2 fails: syntax error/],
  [{ extensions: ['no_such'] }, /^--extension no_such cannot be made: .*expected one that this server offers/],
])('%j is refused', async (preparation, message) => {
  await expect(rehearsePrepared(trigram, preparation)).rejects.toThrow(message);
});
