/** What is closed, or has lost the target, applies nothing: what was said of it when it was closed stays true. */
import { databaseAt, lease, plan, planBack, runOf, target, withTarget } from './database-arrangements';
import { plansOf, whileOldTransaction } from './units-arrangements';

const apply = plan(['CREATE TABLE a (id int)'], runOf('run-1'));
const a = "SELECT to_regclass('a')::text AS a";

test.each([
  ['never took the target', null, /^run run-1 does not hold the target any more: .*version 001 was not applied/],
  ['let its lease expire', -60_000, /^run run-1 held the target until \d{4}-.* which is over; version 001 was not/],
] as const)('a run that %s applies nothing', (_, life, message) =>
  withTarget('', async ({ database, connection, query }) => {
    if (life !== null) await database.acquireLease(target, lease('run-1', life));

    await expect(databaseAt(connection).applyMigration(target, apply)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(message),
    });

    expect(await query(a)).toEqual([{ a: null }]);
    expect(await database.readLedger(target)).toEqual([]);
  }),
);

test.each([
  ['nothing stands', 'where nothing stands'],
  ['the run is closed', 'always'],
] as const)('an outcome that is read because %s ends the lease with it, and no later apply goes through', (_, end) =>
  withTarget('', async ({ database, connection, query }) => {
    await database.acquireLease(target, lease('run-1', 60_000));

    const outcome = await database.establishOutcome(target, runOf('run-1'), end);

    expect(outcome).toEqual({ entry: null, progress: null });
    expect((await database.readTargetState(target)).lease).toBeNull();
    await expect(databaseAt(connection).applyMigration(target, apply)).rejects.toThrow('does not hold the target');
    expect(await query(a)).toEqual([{ a: null }]);
  }),
);

test.each([
  ['never', true],
  ['where nothing stands', true],
  ['always', false],
] as const)('of a version that stands, a lease that ends %s', (end, isHeld) =>
  withTarget('', async ({ database }) => {
    await database.acquireLease(target, lease('run-1', 60_000));
    await database.applyMigration(target, apply);

    const { entry } = await database.establishOutcome(target, runOf('run-1'), end);

    expect(entry).toMatchObject({ runId: 'run-1' });
    expect((await database.readTargetState(target)).lease !== null).toBe(isHeld);
  }),
);

test("another run's lease is not ended", () =>
  withTarget('', async ({ database }) => {
    await database.acquireLease(target, lease('run-2', 60_000));

    await database.establishOutcome(target, runOf('run-1'), 'always');

    expect((await database.readTargetState(target)).lease).toMatchObject({ runId: 'run-2' });
  }));

test('a run that is closed between two of its units commits no further one', () =>
  withTarget('CREATE TABLE jobs (id int, note text)', async ({ database, connection, query }) => {
    const { apply: units } = await plansOf([
      'CREATE TABLE a (id int)',
      'CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)',
      'CREATE TABLE b (id int)',
    ]);
    const { entry } = units;
    await database.acquireLease(target, { run: entry, holder: 'ada', lifeSeconds: 60 });
    const failure = await whileOldTransaction(connection, '', async (old) => {
      const attempt = databaseAt(connection)
        .applyMigration(target, units)
        .catch((error: unknown) => error);
      await old.isWaitedFor();
      await database.releaseLease(target, entry);
      await old.client.query('COMMIT');
      return attempt;
    });

    expect(failure).toMatchObject({ name: 'MigrationRefused' });
    expect(await query("SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b")).toEqual([
      { a: 'a', b: null },
    ]);
  }));

test('only who holds the target renews a lease', () =>
  withTarget('', async ({ database }) => {
    const renewal = { ...lease('run-1', 60_000), isRenewal: true };
    await expect(database.acquireLease(target, renewal)).rejects.toThrow('run run-1 does not hold the target any more');
    await database.acquireLease(target, lease('run-2', 60_000));
    await expect(database.acquireLease(target, renewal)).rejects.toMatchObject({ name: 'TargetIsBusy' });
    await database.releaseLease(target, runOf('run-2'));
    await database.acquireLease(target, lease('run-1', -60_000));

    await database.acquireLease(target, renewal);

    expect((await database.readTargetState(target)).lease).toMatchObject({ runId: 'run-1', isExpired: false });
  }));

const back = planBack(['DROP TABLE a'], runOf('run-1'));

test.each([
  ['never took the target', null, /^run back-1 does not hold the target any more: .*version 001 was not rolled back/],
  ['let its lease expire', -60_000, /^run back-1 held the target until \d{4}-.* which is over; version 001 was not/],
] as const)('a rollback that %s takes nothing back', (_, life, message) =>
  withTarget('', async ({ database, connection, query }) => {
    await database.applyMigration(target, apply);
    if (life !== null) await database.acquireLease(target, { ...lease('back-1', life), isRollback: true });

    await expect(databaseAt(connection).rollBack(target, back)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(message),
    });

    expect(await query(a)).toEqual([{ a: 'a' }]);
    expect(await database.readLedger(target)).toMatchObject([{ rolledBackAt: null }]);
  }),
);

test('what a person has settled meanwhile is not taken for the rollback of the run that comes after', () =>
  withTarget('', async ({ database, query }) => {
    await database.applyMigration(target, apply);
    const settlement = { as: 'rolled-back', by: 'ada', reason: 'by hand', catalogFingerprint: null } as const;
    await database.settle(target, runOf('run-1'), settlement);

    await expect(database.rollBack(target, back)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(
        /^version 001 was taken back on \d{4}-.* already, and not by run back-1: the ledger says "settled as rolled back" by ada\./,
      ),
    });
    expect(await query(a)).toEqual([{ a: 'a' }]);
  }));

test.each([
  ['another run', { runId: 'run-2' }],
  ['another file', { sha256: 'b'.repeat(64) }],
])('a row of %s is not taken back: it is not what people were asked about', (_, differing) =>
  withTarget('', async ({ database, query }) => {
    await database.applyMigration(target, apply);

    await expect(
      database.rollBack(target, { ...back, applied: { ...back.applied, ...differing } }),
    ).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('the ledger has version 001 as 001_create_jobs.sql of run run-1'),
    });
    expect(await query(a)).toEqual([{ a: 'a' }]);
  }),
);

test('units that somebody else has settled are not taken for undone by the rollback', () =>
  withTarget('CREATE TABLE jobs (note text)', async ({ database }) => {
    const { apply: units, rollBack } = await plansOf(
      ['CREATE TABLE a (id int)', 'CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)', 'SELECT 1 / 0'],
      ['DROP TABLE a'],
    );
    await expect(database.applyMigration(target, units)).rejects.toThrow('division by zero');
    const settlement = { as: 'rolled-back', by: 'ada', reason: 'by hand', catalogFingerprint: null } as const;
    await database.settle(target, units.entry, settlement);

    await expect(database.rollBack(target, rollBack)).rejects.toThrow('"settled as rolled back" by ada');
  }));
