/** What the ledger remembers of a version, whoever writes it and however often, and of ledgers that an earlier version made. */
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

/** As version 0.3 made them, in a run that it has applied. */
const earlierSchema = `
  CREATE SCHEMA migration_checklist;
  CREATE TABLE migration_checklist.ledger (version text NOT NULL, migration text NOT NULL, sha256 text NOT NULL, run_id text NOT NULL,
    applied_by text NOT NULL, applied_at timestamptz NOT NULL, duration_ms bigint NOT NULL, catalog_fingerprint text,
    rolled_back_at timestamptz, CONSTRAINT ledger_pkey PRIMARY KEY (version, run_id));
  CREATE UNIQUE INDEX ledger_standing_version ON migration_checklist.ledger (version) WHERE rolled_back_at IS NULL;
  CREATE TABLE migration_checklist.lease (only_row boolean NOT NULL DEFAULT true, run_id text NOT NULL, holder text NOT NULL,
    acquired_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, CONSTRAINT lease_pkey PRIMARY KEY (only_row));
  INSERT INTO migration_checklist.ledger VALUES
    ('001', '001_a.sql', 'a', 'run-1', 'ada@example.org', '2026-11-20T08:00:00Z', 12, NULL, NULL),
    ('002', '002_b.sql', 'b', 'run-2', 'ada@example.org', '2026-11-20T09:00:00Z', 12, NULL, '2026-11-20T10:00:00Z')`;

test('a ledger of an earlier version is read as it is: what stands in it is unknown to have been signed off', () =>
  withTarget(earlierSchema, async ({ database }) => {
    expect(
      (await database.readLedger(target)).map(({ version, state }) => [version, state?.state, state?.since]),
    ).toEqual([
      ['001', 'unknown: applied by an earlier version', '2026-11-20T08:00:00.000Z'],
      ['002', 'rolled back', '2026-11-20T10:00:00.000Z'],
    ]);
  }));

test('a ledger of an earlier version is brought up to date in place by the next run, whose role need not own it', () =>
  withTarget(earlierSchema, (arranged) =>
    withLimitedRole(arranged, async (role) => {
      const { database, query, connection } = arranged;
      await query(`GRANT USAGE ON SCHEMA migration_checklist TO ${role.name};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA migration_checklist TO ${role.name}`);
      const limited = databaseAt(role.connection);
      await expect(limited.acquireLease(target, lease('run-3', 60_000))).rejects.toMatchObject({
        name: 'VerificationFailed',
        message: expect.stringContaining("with the owner's role first"),
      });
      await query('ALTER TABLE migration_checklist.ledger OWNER TO CURRENT_USER');
      await writeMark(connection, mark);
      await query(
        `GRANT SELECT, INSERT, UPDATE, DELETE ON migration_checklist.restart_point, migration_checklist.staging_mark TO ${role.name}`,
      );

      await limited.acquireLease(target, lease('run-3', 60_000, { version: '003' }));
      await limited.applyMigration(target, plan(['SELECT 1'], runOf('run-3', { version: '003' })));

      expect((await database.readLedger(target)).map(({ version, state }) => [version, state?.state])).toEqual([
        ['001', 'unknown: applied by an earlier version'],
        ['002', 'rolled back'],
        ['003', 'applied'],
      ]);
    }),
  ));

const statesIn = (query: (sql: string) => Promise<readonly Record<string, unknown>[]>) =>
  query('SELECT run_id, step, state FROM migration_checklist.version_state ORDER BY version, run_id, step').then(
    (rows) => rows.map(({ run_id, step, state }) => `${run_id} ${step} ${state}`),
  );

test('a version comes from state to state, each recorded once by whoever comes twice', () =>
  withTarget('', async ({ database, query }) => {
    const run = runOf('run-1');
    const witness = { sha256: 'c'.repeat(64), signature: 'signed' };
    const twice = async (work: () => Promise<unknown>) => {
      await work();
      await work();
    };
    await twice(() => database.acquireLease(target, lease('run-1', 60_000)));
    await twice(() => database.applyMigration(target, plan(['SELECT 1'], run)));
    await twice(() => database.acquireLease(target, lease('run-1', 60_000)));
    await twice(() => database.recordSignOff(target, run, witness));
    await database.recordEnd(target, run, { state: 'stands by decision', reason: 'late', by: 'run-1' });

    expect(await statesIn(query)).toEqual(['run-1 1 being prepared', 'run-1 2 applied', 'run-1 3 signed off']);
    expect(await database.readLedger(target)).toMatchObject([
      { state: { state: 'signed off' }, signOff: witness, owner: run.owner },
    ]);
  }));

test('what stands is recorded as standing, and nothing where the rollback was committed or nothing was applied', () =>
  withTarget('', async ({ database, query }) => {
    const end = { state: 'stands after a failed rollback', reason: 'a view uses it', by: 'run-1' } as const;
    const second = runOf('run-2', { version: '002' });
    await database.applyMigration(target, plan(['SELECT 1'], runOf('run-1')));
    await database.recordEnd(target, runOf('run-1'), end);
    await database.applyMigration(target, plan(['SELECT 1'], second));
    await database.rollBack(target, planBack(['SELECT 1'], second));
    await database.recordEnd(target, second, end);
    await database.recordEnd(target, runOf('run-3', { version: '003' }), end);

    expect(await statesIn(query)).toEqual([
      'run-1 1 applied',
      'run-1 2 stands after a failed rollback',
      'run-2 1 applied',
      'run-2 2 being rolled back',
      'run-2 3 rolled back',
    ]);
    const [first] = await database.readLedger(target);
    expect(first?.state).toMatchObject({ ...end, since: expect.stringMatching(/^20.*Z$/) });
  }));

test.each([
  ['another file', { sha256: 'b'.repeat(64) }],
  ['another owner', { owner: 'somebody else' }],
])('a run of the same id with %s is another run: to the lease, the ledger and the sign-off', (_, differing) =>
  withTarget('', async ({ database }) => {
    const [run, other] = [runOf('run-1'), runOf('run-1', differing)];
    await database.acquireLease(target, lease('run-1', 60_000));
    await expect(database.acquireLease(target, lease('run-1', 60_000, differing))).rejects.toMatchObject({
      name: 'TargetIsBusy',
    });
    await expect(database.requireFreeTarget(target, other)).rejects.toMatchObject({ name: 'TargetIsBusy' });
    await database.releaseLease(target, other);
    await expect(database.applyMigration(target, plan(['SELECT 1'], other))).rejects.toMatchObject({
      name: 'TargetIsBusy',
    });
    await database.applyMigration(target, plan(['SELECT 1'], run));
    await database.releaseLease(target, run);

    expect(await database.establishOutcome(target, other)).toEqual({ entry: null, progress: null });
    await expect(database.applyMigration(target, plan(['SELECT 1'], other))).rejects.toMatchObject({
      name: 'MigrationRefused',
    });
    await expect(database.recordSignOff(target, other, { sha256: 'c', signature: null })).rejects.toMatchObject({
      name: 'VerificationFailed',
    });
    await database.requireFreeTarget(target, other);
  }),
);

test('a person settles what stands, once, with who and why, and the target is free again', () =>
  withTarget('', async ({ database, query }) => {
    const run = runOf('run-1');
    const decision = { as: 'rolled-back', by: 'ada', reason: 'by hand', catalogFingerprint: null } as const;
    await database.acquireLease(target, lease('run-1', 60_000));
    await database.applyMigration(target, plan(['SELECT 1'], run));
    await database.recordEnd(target, run, { state: 'stands by decision', reason: 'nobody answered', by: 'run-1' });

    const record = await database.settle(target, run, decision);
    await database.settle(target, run, decision);

    expect(record).toMatchObject({ state: 'settled as rolled back', by: 'ada', reason: 'by hand' });
    expect(await statesIn(query)).toEqual([
      'run-1 1 being prepared',
      'run-1 2 applied',
      'run-1 3 stands by decision',
      'run-1 4 settled as rolled back',
    ]);
    expect(await database.readTargetState(target)).toMatchObject({
      ledger: [{ rolledBackAt: expect.stringMatching(/Z$/), state: { state: 'settled as rolled back' } }],
      others: [],
      lease: null,
    });
  }));

test('what was signed off is not settled, and nothing is changed', () =>
  withTarget('', async ({ database }) => {
    const run = runOf('run-1');
    await database.applyMigration(target, plan(['SELECT 1'], run));
    await database.recordSignOff(target, run, { sha256: 'c', signature: null });
    const decision = { as: 'rolled-back', by: 'ada', reason: 'by hand', catalogFingerprint: null } as const;

    await expect(database.settle(target, run, decision)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(/^nothing was settled: 001_create_jobs\.sql is signed off/),
    });

    expect(await database.readLedger(target)).toMatchObject([{ rolledBackAt: null, state: { state: 'signed off' } }]);
  }));

test.each([
  ['rolled-back', 0],
  ['standing', 1],
] as const)('what is partly applied is known with its units, and counts as %s when a person says so', (as, rows) =>
  withTarget('CREATE TABLE jobs (id int)', async ({ database }) => {
    const { apply } = await plansOf(['ALTER TABLE jobs ADD due date', 'CREATE INDEX CONCURRENTLY i ON jobs (absent)']);
    await database.acquireLease(target, { run: apply.entry, holder: 'ada', lifeSeconds: 60 });
    await expect(database.applyMigration(target, apply)).rejects.toThrow('42703');
    const { others } = await database.readTargetState(target);

    await database.settle(target, apply.entry, { as, by: 'ada', reason: 'by hand', catalogFingerprint: 'f' });

    expect(others).toMatchObject([
      { migration: '001_jobs.sql', state: { state: 'partly applied' }, progress: { units: 2 } },
    ]);
    expect(await database.readLedger(target)).toHaveLength(rows);
    expect((await database.readTargetState(target)).others.filter(({ progress }) => progress !== null)).toEqual([]);
    await database.requireFreeTarget(target, runOf('run-2'));
  }),
);
