import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { databaseAt, lease, plan, planBack, runOf, target, withLimitedRole, withTarget } from './database-arrangements';
import { plansOf } from './units-arrangements';

const mark = {
  environment: 'staging',
  projectId: 'project-1',
  branchId: 'br-1',
  markedBy: 'ada@example.org',
  markedAt: '2026-11-20T08:00:00.000Z',
};

test('a database that nobody marked has no mark, and an empty ledger', () =>
  withTarget('', async ({ database }) => {
    expect(await database.readMark(target)).toBeNull();
    expect(await database.readLedger(target)).toEqual([]);
    expect(await database.establishOutcome(target, { version: '001', runId: 'run-1' })).toEqual({
      entry: null,
      progress: null,
    });
  }));

test('a mark is read back as it was written, and a later one replaces it', () =>
  withTarget('', async ({ database, connection }) => {
    await writeMark(connection, mark);
    expect(await database.readMark(target)).toEqual(mark);

    await writeMark(connection, { ...mark, branchId: 'br-2' });
    expect(await database.readMark(target)).toEqual({ ...mark, branchId: 'br-2' });
  }));

test('two first marks at once do not collide', () =>
  withTarget('', async ({ database, connection }) => {
    await Promise.all([writeMark(connection, mark), writeMark(connection, mark), writeMark(connection, mark)]);

    expect(await database.readMark(target)).toEqual(mark);
  }));

test('the ledger is read oldest first, and the fingerprint goes into the standing row', () =>
  withTarget('', async ({ database }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '010', runId: 'run-10' }));
    await database.applyMigration(target, plan(['SELECT 1'], { version: '002', runId: 'run-2' }));

    await database.recordFingerprint(target, '002', 'f'.repeat(64));

    expect((await database.readLedger(target)).map((row) => [row.version, row.catalogFingerprint])).toEqual([
      ['010', null],
      ['002', 'f'.repeat(64)],
    ]);
  }));

test('the fingerprint of a version that was rolled back and applied again goes into the row that stands', () =>
  withTarget('', async ({ database }) => {
    const back = planBack(['SELECT 1']);
    await database.applyMigration(target, plan(['SELECT 1'], { runId: 'run-1' }));
    await database.rollBack(target, back);
    await expect(database.recordFingerprint(target, '001', 'f'.repeat(64))).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringContaining('no standing row of version 001'),
    });
    await database.applyMigration(target, plan(['SELECT 1'], { runId: 'run-2' }));

    await database.recordFingerprint(target, '001', 'f'.repeat(64));

    expect((await database.readLedger(target)).map((row) => [row.runId, row.catalogFingerprint])).toEqual([
      ['run-1', null],
      ['run-2', 'f'.repeat(64)],
    ]);
  }));

test('the fingerprint of a version that does not stand is refused', () =>
  withTarget('', async ({ database, connection }) => {
    await writeMark(connection, mark);

    await expect(database.recordFingerprint(target, '009', 'f')).rejects.toMatchObject({ name: 'VerificationFailed' });
  }));

test('a lease that another run holds is refused with who holds it until when', () =>
  withTarget('', async ({ database }) => {
    const first = lease('run-1', 60_000);
    await database.acquireLease(target, first);

    await expect(database.acquireLease(target, lease('run-2', 60_000))).rejects.toMatchObject({
      name: 'TargetIsBusy',
      message: expect.stringMatching(/, until 20[^ ]*Z at the latest/),
    });
    await expect(database.acquireLease(target, lease('run-2', 60_000))).rejects.toThrow(
      /^run run-1 \(run-1's holder\)/,
    );
  }));

test('a look at the lease reports another run, not its own, no run and no expired lease', () =>
  withTarget('', async ({ database }) => {
    await database.requireFreeTarget(target, runOf('run-1'));
    await database.acquireLease(target, lease('run-1', 60_000));
    await database.requireFreeTarget(target, runOf('run-1'));

    await expect(database.requireFreeTarget(target, runOf('run-2'))).rejects.toMatchObject({
      name: 'TargetIsBusy',
      message: expect.stringContaining('run run-1 ('),
    });

    await database.acquireLease(target, lease('run-1', -1));
    await database.requireFreeTarget(target, runOf('run-2'));
  }));

test('whoever only looks hears that half of another migration stands', () =>
  withTarget('CREATE TABLE jobs (id int)', async ({ database }) => {
    const { apply } = await plansOf(['ALTER TABLE jobs ADD due date', 'CREATE INDEX CONCURRENTLY i ON jobs (absent)']);
    await expect(database.applyMigration(target, apply)).rejects.toThrow('42703');

    await database.requireFreeTarget(target, runOf('run-1'));
    await expect(database.requireFreeTarget(target, runOf('run-2'))).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(/^version 001 of run run-1 is partly applied: unit 1 of 2 /),
    });
  }));

test("the outcome of a run is its own: neither another run's row of the version nor another's units are told", () =>
  withTarget('CREATE TABLE jobs (id int)', async ({ database }) => {
    await database.applyMigration(target, plan(['SELECT 1'], { version: '000', runId: 'run-0' }));
    const { apply } = await plansOf(['ALTER TABLE jobs ADD due date', 'CREATE INDEX CONCURRENTLY i ON jobs (absent)']);
    await expect(database.applyMigration(target, apply)).rejects.toThrow('42703');
    const outcomeOf = (version: string, runId: string) => database.establishOutcome(target, { version, runId });

    expect(await outcomeOf('000', 'run-0')).toMatchObject({ entry: { runId: 'run-0' }, progress: null });
    expect(await outcomeOf('000', 'run-2')).toEqual({ entry: null, progress: null });
    expect(await outcomeOf('001', 'run-1')).toMatchObject({ entry: null, progress: { runId: 'run-1' } });
    expect(await outcomeOf('001', 'run-2')).toEqual({ entry: null, progress: null });
  }));

test('the run that holds the lease may take it again, and may give it back', () =>
  withTarget('', async ({ database }) => {
    await database.acquireLease(target, lease('run-1', 60_000));
    await database.acquireLease(target, lease('run-1', 120_000));
    await database.releaseLease(target, runOf('run-1'));

    await database.acquireLease(target, lease('run-2', 60_000));
    await expect(database.acquireLease(target, lease('run-1', 60_000))).rejects.toThrow('run-2');
  }));

test('a run that takes its lease again has held it since it took it first, another run has not', () =>
  withTarget('', async ({ database, query }) => {
    const holder = `SELECT run_id AS "runId", acquired_at < now() - interval '1 hour' AS "isOld" FROM migration_checklist.lease`;
    await database.acquireLease(target, lease('run-1', 60_000));
    await query("UPDATE migration_checklist.lease SET acquired_at = now() - interval '1 day'");

    await database.acquireLease(target, lease('run-1', -1));
    const own = await query(holder);
    await database.acquireLease(target, lease('run-2', 60_000));
    const taken = await query(holder);

    expect(own).toEqual([{ runId: 'run-1', isOld: true }]);
    expect(taken).toEqual([{ runId: 'run-2', isOld: false }]);
  }));

test('releasing a lease that another run holds, or none, changes nothing', () =>
  withTarget('', async ({ database }) => {
    await database.releaseLease(target, runOf('run-1'));
    await database.acquireLease(target, lease('run-1', 60_000));
    await database.releaseLease(target, runOf('run-2'));

    await expect(database.acquireLease(target, lease('run-2', 60_000))).rejects.toMatchObject({ name: 'TargetIsBusy' });
  }));

test('an expired lease is taken over', () =>
  withTarget('', async ({ database }) => {
    await database.acquireLease(target, lease('run-1', -1));

    await database.acquireLease(target, lease('run-2', 60_000));

    await expect(database.acquireLease(target, lease('run-1', 60_000))).rejects.toThrow('run-2');
  }));

test('of runs that race for the lease of a fresh database exactly one gets it', () =>
  withTarget('', async ({ database }) => {
    const outcomes = await Promise.allSettled(
      ['run-1', 'run-2', 'run-3'].map((runId) => database.acquireLease(target, lease(runId, 60_000))),
    );

    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'got it' : outcome.reason.name)).sort()).toEqual(
      ['TargetIsBusy', 'TargetIsBusy', 'got it'],
    );
  }));

test('the error for a role that may not create a schema says what to do', () =>
  withTarget('', (arranged) =>
    withLimitedRole(arranged, async (role) => {
      const limited = databaseAt(role.connection);

      await expect(limited.acquireLease(target, lease('run-1', 60_000))).rejects.toMatchObject({
        name: 'VerificationFailed',
        message: expect.stringMatching(/may not make the schema migration_checklist.*GRANT CREATE ON DATABASE/),
      });
    }),
  ));

test('a role without the right to create works with the tables that the marking made', () =>
  withTarget('', (arranged) =>
    withLimitedRole(arranged, async (role) => {
      await writeMark(arranged.connection, mark);
      await arranged.query(
        `GRANT USAGE ON SCHEMA migration_checklist TO ${role.name};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA migration_checklist TO ${role.name}`,
      );
      const limited = databaseAt(role.connection);

      await limited.acquireLease(target, lease('run-1', 60_000));
      const { entry } = await limited.applyMigration(target, plan(['SELECT 1']));

      expect(await limited.readLedger(target)).toEqual([entry]);
    }),
  ));
