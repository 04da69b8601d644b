import { once } from 'node:events';
import pg from 'pg';
import { LockNotAvailable } from '#domain/errors';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { databaseAt, lease, limits, plan, statements, target, withTarget } from './database-arrangements';

const jobs =
  'CREATE TABLE jobs (id int PRIMARY KEY); CREATE TABLE users (id int PRIMARY KEY); INSERT INTO jobs VALUES (1)';

/** Long enough that a second session, which connects when half of it is over, sees on a busy machine who blocks. */
const patience = { ...limits, lockTimeoutMs: 1_500 };

/** A session that holds what `sql` locks until the callback is over. */
const whileLocked = async <T>(
  connection: ConnectionSettings,
  sql: string,
  work: (blocker: pg.Client) => Promise<T>,
): Promise<T> => {
  const { host, port, user, password, database } = connection;
  const blocker = new pg.Client({ host, port, user, password, database, application_name: 'the worker' });
  await blocker.connect();
  try {
    await blocker.query(`BEGIN; ${sql}`);
    return await work(blocker);
  } finally {
    await blocker.end();
  }
};

/** Resolves when a session of ours waits for a lock, which PostgreSQL does not announce: the test has to ask. */
const someoneWaits = async (client: pg.Client) => {
  for (;;) {
    const { rows } = await client.query(
      'SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
    );
    if (rows.length > 0) return;
  }
};

test('a lock that is not granted names the statement and the session that blocks, and changes nothing', () =>
  withTarget(jobs, ({ database, connection }) =>
    whileLocked(connection, 'SELECT FROM jobs', async () => {
      const failure = database.applyMigration(target, {
        ...plan(['CREATE TABLE a (id int)', 'ALTER TABLE jobs ADD note text']),
        limits: patience,
      });

      await expect(failure).rejects.toMatchObject({
        name: 'LockNotAvailable',
        message: expect.stringMatching(
          /^blocked by process \d+, application the worker, role owner, idle in transaction, in its transaction since 20.*pg_terminate_backend\(\d+\): statement 2 \(line 2\) did not get its lock: .*55P03.* changed nothing/,
        ),
      });
      expect(await database.readLedger(target)).toEqual([]);
    }),
  ));

test("the blocker's query is not shown: it may hold anything", () =>
  withTarget(jobs, ({ database, connection }) =>
    whileLocked(connection, "SELECT 'secret' FROM jobs", async () => {
      const failure = database.rehearse(target, 'up', statements('DROP TABLE jobs'), patience);

      await expect(failure).rejects.toMatchObject({
        message: expect.stringMatching(/blocked by process \d+, application the worker(?!.*secret)/),
      });
    }),
  ));

test('a migration waits for another that is being applied, and gives up in time', () =>
  withTarget('', async ({ database, connection }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000' }));

    await whileLocked(connection, 'SELECT pg_advisory_xact_lock(7310598743216540271)', async () => {
      const failure = database.applyMigration(target, {
        ...plan(['CREATE TABLE a (id int)']),
        limits: patience,
      });

      await expect(failure).rejects.toMatchObject({
        name: 'LockNotAvailable',
        message: expect.stringMatching(
          /^blocked by process \d+, application the worker.*: version 001 cannot be applied now: another session /,
        ),
      });
    });
  }));

test('the outcome of a run stays unknown while a transaction that could still write it is open', () =>
  withTarget('', async ({ database, connection }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000' }));
    const insert =
      "INSERT INTO migration_checklist.ledger VALUES ('001', 'm', 's', 'run-1', 'ada', now(), 1, NULL, NULL)";

    const { entry } = await whileLocked(
      connection,
      `SELECT pg_advisory_xact_lock(7310598743216540271); ${insert}`,
      async (blocker) => {
        const outcome = database.establishOutcome(target, { version: '001', runId: 'run-1' });
        await someoneWaits(blocker);
        await blocker.query('COMMIT');
        return outcome;
      },
    );

    expect(entry).toMatchObject({ version: '001', runId: 'run-1' });
  }));

test('where transactions are repeatable read by default, the ledger is read as it is once its lock was granted', () =>
  withTarget('', async ({ database, connection, query }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000' }));
    await query(`ALTER DATABASE ${connection.database} SET default_transaction_isolation = 'repeatable read'`);
    const insert =
      "INSERT INTO migration_checklist.ledger VALUES ('001', '001_other.sql', 's', 'run-2', 'bob', now(), 1, NULL, NULL)";

    const failure = await whileLocked(
      connection,
      `SELECT pg_advisory_xact_lock(7310598743216540271); ${insert}`,
      async (blocker) => {
        const late = database
          .applyMigration(target, plan(['CREATE TABLE t (id int)']))
          .catch((error: unknown) => error);
        await someoneWaits(blocker);
        await blocker.query('COMMIT');
        return late;
      },
    );

    expect(failure).toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('version 001 was applied as 001_other.sql by run run-2'),
    });
    expect(await query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  }));

test('a deadlock is a lock that was not available', () =>
  withTarget(jobs, ({ database, connection, query }) =>
    whileLocked(connection, 'LOCK TABLE users', async (blocker) => {
      // The migration looks for the deadlock first and is its victim; the blocker's wait comes to nothing before.
      await query(`ALTER DATABASE ${connection.database} SET deadlock_timeout = '50ms'`);
      await blocker.query("SET deadlock_timeout = '20s'");
      const failure = database.applyMigration(target, plan(['LOCK TABLE jobs', 'LOCK TABLE users']));
      const judged = expect(failure).rejects.toMatchObject({
        name: 'LockNotAvailable',
        message: expect.stringMatching(
          /^statement 2 \(line 2\) did not get its lock: deadlock detected \(SQLSTATE 40P01\)/,
        ),
      });
      await someoneWaits(blocker);
      await blocker.query('LOCK TABLE jobs');
      await judged;
    }),
  ));

test('of runs that race for a version the one that holds the target applies it, and no other', () =>
  withTarget('', async ({ database, connection }) => {
    const runs = ['run-1', 'run-2', 'run-3', 'run-4'];
    await database.acquireLease(target, lease('run-3', 60_000));

    const outcomes = await Promise.allSettled(
      runs.map((runId) => databaseAt(connection).applyMigration(target, plan(['CREATE TABLE a (id int)'], { runId }))),
    );

    const applied = outcomes.filter(({ status }) => status === 'fulfilled');
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
    expect(applied).toHaveLength(1);
    // Who is first under the ledger's lock is refused for the lease, who comes after for the row.
    expect(refused).toEqual(Array(3).fill(expect.stringMatching(/^(MigrationRefused|TargetIsBusy)$/)));
    expect(await database.readLedger(target)).toMatchObject([{ runId: 'run-3' }]);
  }));

test('one run that applies the same version twice at once gets the same row twice', () =>
  withTarget('', async ({ database }) => {
    const outcomes = await Promise.all(
      [1, 2].map(() => database.applyMigration(target, plan(['CREATE TABLE a (id int)']))),
    );

    expect(outcomes[0]?.entry).toEqual(outcomes[1]?.entry);
    expect(outcomes.map(({ wasAppliedBefore }) => wasAppliedBefore).sort()).toEqual([false, true]);
    expect(await database.readLedger(target)).toHaveLength(1);
  }));

test('after a lock failure no session of ours is left behind', () =>
  withTarget(jobs, ({ database, connection, query }) =>
    whileLocked(connection, 'SELECT FROM jobs', async () => {
      await database
        .rehearse(target, 'up', statements('DROP TABLE jobs'), { ...limits, lockTimeoutMs: 100 })
        .catch(() => undefined);

      const ours = await gone(query);
      expect(ours).toEqual([]);
    }),
  ));

/** A session ends a moment after its client has said goodbye. */
const gone = async (query: (sql: string) => Promise<readonly unknown[]>) => {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const ours = await query(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migration-checklist%'",
    );
    if (ours.length === 0 || Date.now() > deadline) return ours;
    await once(AbortSignal.timeout(20), 'abort');
  }
};

test.each([
  ['a migration', 'DEALLOCATE ALL'],
  ['a block of a migration', `DO $$ BEGIN EXECUTE 'deallocate all'; END $$`],
])('%s that forgets the prepared statements of its session is traced as any other', (_, forgetting) =>
  withTarget(jobs, async ({ database }) => {
    const runs = await database.rehearse(
      target,
      'up',
      statements('UPDATE users SET id = 1', forgetting, 'ALTER TABLE jobs ADD note text'),
      limits,
    );

    expect(runs.at(-1)?.locks).toEqual([
      expect.objectContaining({ relation: 'public.jobs', mode: 'AccessExclusiveLock' }),
    ]);
  }),
);

test('the root of those who wait is named first, with the command that ends it; who waits itself is only named', () =>
  withTarget(jobs, ({ database, connection }) =>
    whileLocked(connection, 'SELECT FROM jobs', async (root) => {
      const { host, port, user, password, database: name } = connection;
      const between = new pg.Client({ host, port, user, password, database: name, application_name: 'in between' });
      await between.connect();
      try {
        const waiting = between.query('BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE').catch(() => undefined);
        await someoneWaits(root);
        const failure = database.applyMigration(target, {
          ...plan(['ALTER TABLE jobs ADD note text']),
          limits: patience,
        });

        await expect(failure).rejects.toMatchObject({
          name: 'LockNotAvailable',
          message: expect.stringMatching(
            /^blocked by process (\d+), application the worker, .*SELECT pg_terminate_backend\(\1\) and by process \d+, application in between, .*, which itself waits for process \1: statement 1/,
          ),
          blockers: [expect.stringContaining('application the worker'), expect.stringContaining('in between')],
        });
        await root.query('ROLLBACK');
        await waiting;
      } finally {
        await between.end();
      }
    }),
  ));

test('attempts at a blocked table are short, and each says how long it stalled its tables', () =>
  withTarget(jobs, ({ database, connection }) =>
    whileLocked(connection, 'SELECT FROM jobs', async () => {
      const before: LockAttempt[] = [];
      for (const number of [0, 1, 2]) {
        const lockAttempts = { number, before: [...before] };
        const failure: unknown = await database
          .applyMigration(target, { ...plan(['ALTER TABLE jobs ADD note text']), lockAttempts })
          .catch((error: unknown) => error);
        if (!(failure instanceof LockNotAvailable)) throw failure;
        const { beganAt: at, stalledMs, lockTimeoutMs, blockers } = failure;
        before.push({ at, stalledMs, lockTimeoutMs, blockers });
      }

      expect(before.map(({ lockTimeoutMs }) => lockTimeoutMs)).toEqual([100, 200, 400]);
      for (const { stalledMs, lockTimeoutMs } of before) expect(stalledMs).toBeGreaterThanOrEqual(lockTimeoutMs - 5);
      // The third one knows that it will be blocked, so it looks from the first moment.
      expect(before.at(-1)?.blockers[0]).toContain('application the worker');
    }),
  ));
