/** No lock outlives the process that took it: what the sessions of an apply set, and how one that is frozen is ended. */
import pg from 'pg';
import { establishOutcome } from '#adapters/postgres/apply/establish-outcome';
import { workerName } from '#adapters/postgres/apply/worker';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { plan, target, withTarget } from './database-arrangements';

const run = { version: '001', runId: 'run-1' };
const patience = { graceMs: 200, patienceMs: 300 };

/** A session that has begun to apply: it holds the ledger and a table, and nothing comes from its process any more. */
const whileFrozen = async <T>(
  { host, port, user, password, database }: ConnectionSettings,
  { name, sql }: { readonly name: string; readonly sql: string },
  work: (frozen: { readonly ended: Promise<Error> }) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ host, port, user, password, database, application_name: name });
  const ended = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();
  try {
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(7310598743216540271); ${sql}`);
    return await work({ ended });
  } finally {
    await client.end().catch(() => undefined);
  }
};

const jobs = 'CREATE TABLE jobs (id int PRIMARY KEY)';

test('the worker of the run that is frozen in its transaction is ended, its locks are free, and nothing was committed', () =>
  withTarget(jobs, async ({ database, connection, query }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000', runId: 'run-0' }));
    const frozen = { name: workerName('run-1'), sql: 'ALTER TABLE jobs ADD note text' };

    await whileFrozen(connection, frozen, async ({ ended }) => {
      expect(await establishOutcome(connection, run, patience)).toEqual({ entry: null, progress: null });
      expect((await ended).message).toContain('terminating connection due to administrator command');
      await query("SET lock_timeout = '1s'; ALTER TABLE jobs ADD other text");
    });
    const again = await database.applyMigration(target, plan(['ALTER TABLE jobs ADD note text']));

    expect(again.wasAppliedBefore).toBe(false);
  }));

test.each([
  ['somebody else', 'psql', ''],
  ['the worker of another run', workerName('run-2'), ''],
])('%s who holds the ledger is named with the command that ends it, and is left alone', (_, name, sql) =>
  withTarget(jobs, async ({ database, connection }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000', runId: 'run-0' }));

    await whileFrozen(connection, { name, sql }, async ({ ended }) => {
      await expect(establishOutcome(connection, run, { graceMs: 600, patienceMs: 1_500 })).rejects.toMatchObject({
        name: 'LockNotAvailable',
        message: expect.stringMatching(
          new RegExp(
            `^blocked by process \\d+, application ${name}, .*SELECT pg_terminate_backend\\(\\d+\\): the outcome of run run-1`,
          ),
        ),
      });
      expect(await Promise.race([ended.then(() => 'ended'), Promise.resolve('there')])).toBe('there');
    });
  }),
);

test('a session that applies tells the server to end it when nobody is behind it any more', () =>
  withTarget('CREATE TABLE seen (name text, setting text)', async ({ database, query }) => {
    await database.applyMigration(
      target,
      plan([
        `INSERT INTO seen SELECT name, setting FROM pg_settings WHERE name IN
           ('idle_in_transaction_session_timeout', 'tcp_user_timeout', 'client_connection_check_interval')`,
      ]),
    );

    expect(await query('SELECT name, setting FROM seen ORDER BY name')).toEqual([
      { name: 'client_connection_check_interval', setting: '10000' },
      { name: 'idle_in_transaction_session_timeout', setting: '60000' },
      { name: 'tcp_user_timeout', setting: '30000' },
    ]);
  }));

test('whoever keeps the ledger from being read, or a query from being measured, is named', () =>
  withTarget(jobs, async ({ database, connection }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000', runId: 'run-0' }));
    const query = { name: 'jobs', line: 1, sql: 'SELECT * FROM jobs' } as Parameters<
      typeof database.explainQueries
    >[1][number];
    const frozen = {
      name: 'the maintenance',
      sql: 'LOCK TABLE jobs, migration_checklist.ledger IN ACCESS EXCLUSIVE MODE',
    };
    const named = expect.stringMatching(/^blocked by process \d+, application the maintenance, .*pg_terminate_backend/);

    await whileFrozen(connection, frozen, async () => {
      const attempts = await Promise.allSettled([
        database.readLedger(target),
        database.explainQueries(target, [query]),
      ]);
      expect(attempts).toMatchObject(
        attempts.map(() => ({ status: 'rejected', reason: { name: 'LockNotAvailable', message: named } })),
      );
    });
  }));
