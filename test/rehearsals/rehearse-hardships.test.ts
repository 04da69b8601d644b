import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withRehearsalGround } from '#local/rehearsal/ground';
import { withTarget } from '#test/postgres/database-arrangements';
import { withClient } from '#test/support/postgres';
import { pair, rehearse, rehearseOn, scratchPrefixOf, urlOf } from './rehearse-arrangements';

// Databases are copied as files, which a busy disk may take its time for.
jest.setTimeout(30_000);

const setUp = 'CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2)';
/** Shows that the command went on from a good copy. */
const after = pair(
  '9_after',
  'ALTER TABLE a ADD CONSTRAINT still CHECK (id < 3)',
  'ALTER TABLE a DROP CONSTRAINT still',
);

const withNext = async (up: string, down?: string, options: Parameters<typeof rehearse>[1] = {}) => {
  const { results } = await rehearse({ ...pair('1_a', up, down), ...after }, { setUp, ...options });
  expect(results.at(-1)).toMatchObject({ migration: '9_after', up: 'ok', rollback: 'exact' });
  return results[0];
};

test('statements that cannot run in a transaction are units of their own, both ways, and it is said', async () => {
  const result = await withNext('CREATE INDEX CONCURRENTLY a_id ON a (id);\nVACUUM a;', 'DROP INDEX CONCURRENTLY a_id');

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact' });
  expect(result?.notes).toEqual([
    '1_a.up.sql:1: CREATE INDEX CONCURRENTLY cannot run in a transaction: the file is run in 2 units',
    '1_a.up.sql:2: VACUUM cannot run in a transaction: the file is run in 2 units',
    '1_a.down.sql:1: DROP INDEX CONCURRENTLY cannot run in a transaction: the file is run in 1 unit',
  ]);
});

test('what stood before such a statement is not run twice', async () => {
  const result = await withNext(
    'ALTER TABLE a ADD b int;\nCREATE INDEX CONCURRENTLY a_b ON a (b);',
    'ALTER TABLE a DROP b',
  );

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact' });
});

const killsItself = 'SELECT pg_terminate_backend(pg_backend_pid())';

const isCommitted = (what: string, again: string) => `1_a.up.sql: ${what}; a second attempt would run ${again} again`;

test('the statements between such statements are one transaction: when it fails nothing of it is left', async () => {
  const up = [
    'CREATE INDEX CONCURRENTLY a_id ON a (id)',
    'ALTER TABLE a ADD b int',
    'ALTER TABLE a ADD b int',
    'VACUUM a',
  ];
  const result = await withNext(`${up.join(';\n')};`, 'SELECT 1');

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '42701', line: 3 } });
  expect(result?.notes).toContain(isCommitted('the first of 4 statements is committed', 'it'));
});

test('what only PostgreSQL knows to need no transaction is run so', async () => {
  const result = await withNext(
    'CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);\nREINDEX TABLE p;',
    'DROP TABLE p',
  );

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact' });
  expect(result?.notes).toEqual(['1_a.up.sql:2 cannot run in a transaction: the statements around it run one by one']);
});

test('a concurrent build that fails half-way is an error, and its invalid index is nobody’s start', async () => {
  const result = await withNext(
    'INSERT INTO a VALUES (5);\nCREATE UNIQUE INDEX CONCURRENTLY u ON a ((id > 0));',
    'SELECT 1',
  );

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '23505', line: 2 } });
  expect(result?.notes.slice(-2)).toEqual([
    isCommitted('the first of 2 statements is committed', 'it'),
    '1_a.up.sql: the index public.u is left INVALID; drop it before a second attempt',
  ]);
});

test('a file with its own BEGIN and COMMIT runs as written', async () => {
  const result = await withNext('BEGIN;\nCREATE VIEW v AS SELECT 1 AS x;\nCOMMIT;', 'BEGIN; DROP VIEW v; COMMIT;');

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact' });
  expect(result?.notes[0]).toMatch(/1_a\.up\.sql opens or ends transactions itself/);
});

test('savepoints stay within the one transaction of their file', async () => {
  const result = await withNext(
    'CREATE VIEW v AS SELECT 1 AS x; SAVEPOINT s; CREATE VIEW w AS SELECT 1 AS x; ROLLBACK TO s; RELEASE s',
    'DROP VIEW v',
  );

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact', notes: [] });
});

test('a COMMIT in the middle, and an error behind it: the next one starts from a clean copy', async () => {
  const result = await withNext('DELETE FROM a;\nCOMMIT;\nSELECT 1/0;', 'SELECT 1');

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '22012', line: 3 } });
  expect(result?.notes.at(-1)).toBe(isCommitted('the first 2 of 3 statements are committed', 'them'));
});

test('a transaction that is rolled back, and one that failed, leave nothing behind', async () => {
  const rolledBack = await withNext('BEGIN;\nDELETE FROM a;\nROLLBACK;\nSELECT 1/0;', 'SELECT 1');
  const failed = await withNext('DELETE FROM a;\nSELECT 1/0;', 'SELECT 1');

  expect([...(rolledBack?.notes ?? []), ...(failed?.notes ?? [])].join()).not.toContain('committed');
});

test('when the session is lost no query looks for indexes, and the failure is reported unchanged', async () => {
  const result = await withNext(`VACUUM a;\n${killsItself} AS "concurrently";`, 'SELECT 1');

  expect(result).toMatchObject({ up: 'error', error: { phase: 'up', sqlState: '57P01', line: 2 } });
});

test('a transaction that is never ended is an error', async () => {
  expect(await withNext('BEGIN;\nCREATE TABLE b ();', 'SELECT 1')).toMatchObject({
    up: 'error',
    error: { message: expect.stringContaining('leaves a transaction open') },
  });
});

test('a migration that ends its own session is an error of up', async () => {
  expect(await withNext(killsItself, 'SELECT 1')).toMatchObject({
    up: 'error',
    error: { phase: 'up', sqlState: '57P01', line: 1 },
  });
});

test('a rollback that ends its own session fails', async () => {
  expect(await withNext('CREATE VIEW v AS SELECT 1 AS x', killsItself)).toMatchObject({
    rollback: 'fails',
    error: { phase: 'down', sqlState: '57P01' },
  });
});

const loop = 'DO $$ BEGIN LOOP PERFORM pg_sleep(0.01); END LOOP; END $$';

test('a migration that loops for ever is ended by the limit', async () => {
  const result = await withNext(loop, 'SELECT 1', { statementTimeoutMs: 300 });

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '57014' } });
  expect(result?.error?.message).toContain('--statement-timeout');
});

test('also when it has switched the limit off', async () => {
  const result = await withNext('CREATE VIEW v AS SELECT 1 AS x', `SET statement_timeout = 0;\n${loop}`, {
    statementTimeoutMs: 300,
  });

  expect(result).toMatchObject({ rollback: 'fails', error: { phase: 'down', sqlState: '57014', line: 2 } });
});

test('a migration that drops its schema is described by what is gone', async () => {
  const { results } = await rehearse(
    { ...pair('1_a', 'DROP SCHEMA public CASCADE', 'CREATE SCHEMA public'), ...pair('2_b', 'TABLE a', 'SELECT 1') },
    { setUp },
  );

  expect(results.map(({ up, rollback }) => [up, rollback])).toEqual([
    ['ok', 'differs'],
    ['error', null],
  ]);
  expect(results[0]?.differences.join('\n')).toContain('public.a');
});

test('a changed search_path and other settings are said, and do not reach the next script', async () => {
  const result = await withNext(
    `SELECT set_config('search_path', '"we.ird", public', false); SET session_replication_role = replica;
    CREATE TABLE public.b (); SET default_transaction_read_only = on; SET statement_timeout = 0`,
    'DROP TABLE b',
  );

  expect(result).toMatchObject({ up: 'ok', rollback: 'exact' });
  expect(result?.notes).toEqual([
    expect.stringContaining(`leaves search_path at '"we.ird", public': `),
    expect.stringContaining("leaves session_replication_role at 'replica'"),
    expect.stringContaining("leaves default_transaction_read_only at 'on'"),
    expect.stringContaining("leaves statement_timeout at '0'"),
  ]);
});

test('a role that the script becomes, and a temporary table, end with it', async () => {
  const result = await withNext('CREATE TEMP TABLE t (); SET ROLE pg_read_all_data; CREATE TABLE u ()', 'SELECT 1');

  expect(result).toMatchObject({ up: 'error', error: { sqlState: '42501' } });
  expect(await withNext('CREATE TEMP TABLE t (); SET ROLE pg_read_all_data', 'SELECT 1')).toMatchObject({
    rollback: 'exact',
  });
});

test("on a server of the user's nothing runs that would change the server", async () => {
  const name = 'rehearsal_must_not_make_this';
  const { results } = await rehearse({
    ...pair('1_a', `CREATE ROLE ${name}`, 'SELECT 1'),
    ...pair('2_b', 'CREATE TABLE b ()', `DROP TABLE b; DO $$ BEGIN DROP ROLE IF EXISTS ${name}; END $$`),
  });

  expect(results).toMatchObject([
    { up: 'error', error: { message: expect.stringContaining("CREATE ROLE would reach the server's roles") } },
    { up: 'ok', rollback: 'fails', error: { phase: 'down', line: 1 } },
  ]);
});

/** Until somebody ends its session. */
const runLoop = (connection: ConnectionSettings) =>
  withClient(connection, async (client) => {
    client.on('error', () => undefined);
    await client.query(loop);
  }).catch(() => undefined);

const scratchesOf = (prefix: string) => `SELECT datname FROM pg_database WHERE starts_with(datname::text, '${prefix}')`;

test('the named database is only read, its settings hold on the copies, and no copy is left', () =>
  withTarget(`${setUp}; CREATE SCHEMA app`, async ({ connection, query }) => {
    await query(`ALTER DATABASE ${connection.database} SET search_path = app, public`);

    const { results, scratchPrefix } = await rehearseOn(connection, {
      ...pair('1_a', 'CREATE TABLE t ()', 'DROP TABLE app.t'),
      ...pair('2_b', 'DROP TABLE public.a CASCADE; CREATE TABLE t2 ()', 'DROP TABLE app.t2'),
    });

    expect(results.map(({ rollback }) => rollback)).toEqual(['exact', 'differs']);
    expect(await query('SELECT count(*)::int AS n FROM a')).toEqual([{ n: 2 }]);
    expect(await query("SELECT relname FROM pg_class WHERE relnamespace = 'app'::regnamespace")).toEqual([]);
    expect(scratchPrefix).toMatch(/^migration_checklist_rehearsal_/);
    expect(await query(scratchesOf(scratchPrefix))).toEqual([]);
  }));

test('an interruption while a statement runs leaves nothing behind', () =>
  withTarget(setUp, async ({ connection, query }) => {
    let interrupt: () => void = () => undefined;
    let scratchPrefix = '';
    const interrupted = new Promise<never>((_, reject) => {
      interrupt = () => reject(new Error('stopped by the test'));
    });

    const rehearsal = withRehearsalGround(
      { databaseUrl: urlOf(connection), statementTimeoutMs: 60_000 },
      interrupted,
      async ({ ground, start }) => {
        scratchPrefix = scratchPrefixOf(start);
        const running = runLoop(await ground.databases.copy(start.database));
        interrupt();
        await running;
      },
    );

    await expect(rehearsal).rejects.toThrow('stopped by the test');
    expect(scratchPrefix).toMatch(/^migration_checklist_rehearsal_/);
    expect(await query(scratchesOf(scratchPrefix))).toEqual([]);
  }));
