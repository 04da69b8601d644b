/** Interruptions at moments that are certain: a statement that is CONCURRENTLY has to wait for an older transaction. */
import { throughCuttingRelay } from './cutting-relay';
import { type Arranged, databaseAt, target, withTarget } from './database-arrangements';
import { type OldTransaction, plansOf, run, whileOldTransaction } from './units-arrangements';

const jobs = 'CREATE TABLE jobs (id int, note text); INSERT INTO jobs SELECT n, n FROM generate_series(1, 500) n';
const up = [
  'ALTER TABLE jobs ADD due date',
  'CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)',
  'CREATE TABLE other ()',
];

const indexes = `SELECT c.relname AS index, indisvalid AS valid FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE indrelid = 'jobs'::regclass ORDER BY 1`;

/** Names of our sessions: the one that runs the statement, and the one that watches it and would clean up behind it. */
const [worker, watcher] = ['migration-checklist apply %', 'migration-checklist'];

type Interruption = (old: OldTransaction) => Promise<void>;

/** The watcher first: nobody is left who could do anything about what the statement leaves. */
const endEverything: Interruption = async ({ endSessions }) => {
  await endSessions(watcher);
  await endSessions(worker);
};

/** Begins the statements, interrupts them while the second one waits, and gives what the attempt ended with. */
const interrupted = async (
  { database, connection }: Arranged,
  statements: readonly string[],
  interrupt: Interruption,
): Promise<unknown> => {
  const { apply } = await plansOf(statements);
  return whileOldTransaction(connection, '', async (old) => {
    const attempt = database.applyMigration(target, apply).then(
      () => null,
      (error: unknown) => error,
    );
    await old.isWaitedFor();
    await interrupt(old);
    return attempt;
  });
};

const oneOfThree = { ...run, committed: ['1 of 3 (line 1, one transaction)'], units: 3 };

test('the session of a build is ended: the half-built index is gone, and the next attempt builds it', () =>
  withTarget(jobs, async (arranged) => {
    const { database, query } = arranged;
    const error = await interrupted(arranged, up, ({ endSessions }) => endSessions(worker));

    expect(error).toMatchObject({
      name: 'DatabaseUnreachable',
      message: expect.stringMatching(
        /was lost: .*; the statement left nothing behind; committed before it: unit 1 of 3/,
      ),
    });
    expect(await query(indexes)).toEqual([]);
    expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: oneOfThree });

    const { entry } = await database.applyMigration(target, (await plansOf(up)).apply);

    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
    expect(await database.readLedger(target)).toEqual([entry]);
  }));

test('all sessions are ended: an INVALID index remains until the next attempt, which removes it', () =>
  withTarget(jobs, async (arranged) => {
    const { database, query } = arranged;
    const error = await interrupted(arranged, up, endEverything);

    expect(error).toMatchObject({ message: expect.stringContaining('what it left behind could not be removed yet') });
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: false }]);

    expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: oneOfThree });
    expect(await query(indexes)).toEqual([]);
  }));

test('all sessions are ended: the next attempt does not take the INVALID index for finished, even with IF NOT EXISTS', () =>
  withTarget(jobs, async (arranged) => {
    const { database, query } = arranged;
    const lenient = ['CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_note ON jobs (note)', 'SELECT 1'];
    await interrupted(arranged, lenient, endEverything);

    await database.applyMigration(target, (await plansOf(lenient)).apply);

    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
  }));

test('our process is gone and the server continues: the next attempt ends that session first', () =>
  withTarget(jobs, async (arranged) => {
    const { database, connection, query } = arranged;
    const { apply } = await plansOf(up);
    await whileOldTransaction(connection, '', async (old) => {
      const attempt = database.applyMigration(target, apply).catch((error: unknown) => error);
      await old.isWaitedFor();
      // Only the session that watches: the statement itself runs on, as for a client that was frozen.
      await old.endSessions(watcher);

      expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: oneOfThree });
      expect(await query(indexes)).toEqual([]);
      await attempt;
    });
  }));

test('our process is gone, and the build finished without it: it counts as done and is not built again', () =>
  withTarget(jobs, async (arranged) => {
    const { database, query } = arranged;
    await interrupted(arranged, up, async ({ client, endSessions }) => {
      await endSessions(watcher);
      await client.query('COMMIT');
    });
    const built = "SELECT 'jobs_note'::regclass::oid AS oid";
    const [before] = await query(built);

    const outcome = await database.applyMigration(target, (await plansOf(up)).apply);

    expect(await query(built)).toEqual([before]);
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
    expect(outcome).toMatchObject({ wasAppliedBefore: false, entry: run });
  }));

test('half of it is rolled back after all sessions were ended, without a step in between', () =>
  withTarget(jobs, async (arranged) => {
    const { database } = arranged;
    const before = await database.readCatalog(target);
    await interrupted(arranged, up, endEverything);
    const { rollBack } = await plansOf(up, [
      'DROP TABLE other',
      'DROP INDEX CONCURRENTLY jobs_note',
      'ALTER TABLE jobs DROP COLUMN due',
    ]);

    await database.rollBack(target, rollBack);

    expect(await database.readCatalog(target)).toEqual(before);
  }));

test('a build that waits for too long gives up, names who it waited for, and can be tried again', () =>
  withTarget(jobs, async ({ database, connection, query }) => {
    const { apply } = await plansOf(up, ['SELECT 1'], { lockTimeoutMs: 20 });
    await whileOldTransaction(connection, '', async () => {
      await expect(database.applyMigration(target, apply)).rejects.toMatchObject({
        name: 'LockNotAvailable',
        message: expect.stringMatching(
          /^blocked by process \d+, application the report.*: statement 2 \(line 2\) did not get its lock: .*55P03\).*; the statement left nothing behind; committed before it/,
        ),
      });
    });
    expect(await query(indexes)).toEqual([]);

    await database.applyMigration(target, (await plansOf(up)).apply);

    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
  }));

test('a build that waits reports which locks it held meanwhile, and for how long', () =>
  withTarget(jobs, async ({ database, connection }) => {
    const { apply } = await plansOf(['CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)']);
    const { outcome, waitedMs } = await whileOldTransaction(connection, '', async (old) => {
      const attempt = database.applyMigration(target, apply);
      await old.isWaitedFor();
      // By the clock that times the statement: the server's own is another.
      const sinceMs = performance.now();
      await old.client.query('SELECT pg_sleep(0.2)');
      const waitedMs = Math.floor(performance.now() - sinceMs);
      await old.client.query('COMMIT');
      return { outcome: await attempt, waitedMs };
    });

    const [build] = outcome.statements;
    const lock = build?.locks.find(({ mode }) => mode === 'ShareUpdateExclusiveLock');
    expect(lock).toMatchObject({ relation: 'public.jobs' });
    expect(lock?.heldMs).toBeGreaterThanOrEqual(waitedMs);
    expect(lock?.heldMs).toBeLessThanOrEqual(build?.durationMs ?? 0);
    expect(build?.locks.some(({ mode }) => mode === 'ShareLock' || mode === 'AccessExclusiveLock')).toBe(false);
    expect(build?.rowsScanned).toBe(1000);
  }));

const partitions = `CREATE TABLE jobs (id int) PARTITION BY RANGE (id);
  CREATE TABLE jobs_old PARTITION OF jobs FOR VALUES FROM (1) TO (10)`;
const attached = "SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = 'jobs_old'::regclass";

test('a partition that was half detached when all sessions were ended is finalized, and counts as detached', () =>
  withTarget(partitions, async ({ database, connection, query }) => {
    const { apply } = await plansOf(['ALTER TABLE jobs DETACH PARTITION jobs_old CONCURRENTLY', 'SELECT 1']);
    await whileOldTransaction(connection, 'SELECT FROM jobs', async (old) => {
      const attempt = database.applyMigration(target, apply).catch((error: unknown) => error);
      await old.isWaitedFor();
      await endEverything(old);
      await attempt;
    });
    expect(await query(attached)).toEqual([{ pending: true }]);

    expect(await database.establishOutcome(target, run)).toMatchObject({
      progress: { committed: ['1 of 2 (line 1, DETACH PARTITION CONCURRENTLY)'] },
    });
    expect(await query(attached)).toEqual([]);
    expect(await database.applyMigration(target, apply)).toMatchObject({ wasAppliedBefore: false });
  }));

test('an index that was half dropped when all sessions were ended is dropped, and counts as dropped', () =>
  withTarget(`${jobs}; CREATE INDEX jobs_note ON jobs (note)`, async ({ database, connection, query }) => {
    const { apply } = await plansOf(['DROP INDEX CONCURRENTLY jobs_note', 'SELECT 1']);
    await whileOldTransaction(connection, 'SELECT FROM jobs', async (old) => {
      const attempt = database.applyMigration(target, apply).catch((error: unknown) => error);
      await old.isWaitedFor();
      await endEverything(old);
      await attempt;
    });
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: false }]);

    await database.applyMigration(target, apply);

    expect(await query(indexes)).toEqual([]);
  }));

test.each(['TABLE CONCURRENTLY jobs', 'INDEX CONCURRENTLY jobs_note', 'SCHEMA CONCURRENTLY public'])(
  'REINDEX %s that was interrupted leaves no index of its own, and is repeated',
  (what) =>
    withTarget(`${jobs}; CREATE INDEX jobs_note ON jobs (note)`, async (arranged) => {
      const { database, query } = arranged;
      const statements = [`REINDEX ${what}`, 'SELECT 1'];
      await interrupted(arranged, statements, endEverything);
      expect(await query(indexes)).toEqual([
        { index: 'jobs_note', valid: true },
        { index: 'jobs_note_ccnew', valid: false },
      ]);

      await database.applyMigration(target, (await plansOf(statements)).apply);

      expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
    }),
);

test('a rewrite outside a transaction is seen, and is bounded as any other statement', () =>
  withTarget(jobs, async ({ database, connection, query }) => {
    await query('DELETE FROM jobs WHERE id % 2 = 0');
    const { apply } = await plansOf(['VACUUM FULL jobs'], ['SELECT 1'], { lockTimeoutMs: 200 });

    await whileOldTransaction(connection, 'SELECT FROM jobs', async () => {
      await expect(database.applyMigration(target, apply)).rejects.toMatchObject({ name: 'LockNotAvailable' });
    });
    const { statements } = await database.applyMigration(target, apply);

    expect(statements).toMatchObject([{ rewritten: expect.arrayContaining(['public.jobs']) }]);
  }));

test.each([
  { cut: 'when COMMIT is answered', stands: true },
  { cut: 'when COMMIT is asked', stands: false },
] as const)("a connection that is cut $cut of a unit: that unit's own row says whether it stands", ({ cut, stands }) =>
  withTarget(jobs, async ({ database, connection, query }) => {
    const { apply } = await plansOf(up);
    await database.acquireLease(target, { run: apply.entry, holder: 'ada', lifeSeconds: 60 });
    await throughCuttingRelay(connection, cut, async (relayed) => {
      await expect(databaseAt(relayed).applyMigration(target, apply)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    });

    const outcome = await database.establishOutcome(target, run);
    const applied = await database.applyMigration(target, apply);

    expect(outcome).toEqual({ entry: null, progress: stands ? oneOfThree : null });
    expect(applied.entry).toMatchObject(run);
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
  }),
);
