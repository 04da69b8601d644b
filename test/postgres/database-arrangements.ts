/** What the tests of the Postgres adapter arrange: a database with its port, statements, plans, a role with few rights. */
import { randomBytes } from 'node:crypto';
import { createPostgresDatabase } from '#adapters/postgres/postgres-database';
import { bindSaved } from '#domain/checks/bind-saved';
import type { KnownRun, RunIdentity } from '#domain/ledger/ledger';
import type { SqlStatement } from '#domain/migration/migration';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient, withDatabase } from '#test/support/postgres';

export const target = { branchId: 'target' } as const;

export const limits = { lockTimeoutMs: 2_000, statementTimeoutMs: 20_000 };

/** One statement a line. */
export const statements = (...sql: readonly string[]): readonly SqlStatement[] =>
  sql.map((text, index) => ({ index, sql: text, line: index + 1, kind: 'Stmt', node: {}, comment: '' }));

type ApplyPlan = Parameters<Database['applyMigration']>[1];

export const plan = (sql: readonly string[], entry: Partial<ApplyPlan['entry']> = {}): ApplyPlan => ({
  statements: statements(...sql),
  entry: {
    version: '001',
    migration: '001_create_jobs.sql',
    sha256: 'a'.repeat(64),
    runId: 'run-1',
    appliedBy: 'ada@example.org',
    ...entry,
  },
  limits,
});

/** A rollback's plan, by a run of its own; one statement a line. */
export const planBack = (
  sql: readonly string[],
  applied: KnownRun = { version: '001', runId: 'run-1' },
  by = runOf('back-1'),
): Parameters<Database['rollBack']>[1] => ({ statements: statements(...sql), applied, by, limits });

/** A run as ledger and lease know it. */
export const runOf = (runId: string, differing: Partial<RunIdentity> = {}): RunIdentity => ({
  runId,
  version: '001',
  migration: '001_create_jobs.sql',
  sha256: 'a'.repeat(64),
  owner: `owner of ${runId}`,
  ...differing,
});

export const lease = (runId: string, expiresInMs: number, differing: Partial<RunIdentity> = {}) => ({
  run: runOf(runId, differing),
  holder: `${runId}'s holder`,
  lifeSeconds: expiresInMs / 1000,
});

export const databaseAt = (connection: ConnectionSettings) =>
  createPostgresDatabase({ connection: async () => connection, bindSaved });

/** Holds the target for each apply and rollback, as Step 4 does, unless the test has taken or given the lease itself. */
const withLeases = (database: Database): Database => {
  const holding = async <T>(run: KnownRun, work: () => Promise<T>): Promise<T> => {
    const { lease: held } = await database.readTargetState(target);
    if (held && !held.isExpired) return work();
    const identity = { migration: '', sha256: '', ...run };
    await database.acquireLease(target, { run: identity, holder: 'a test', lifeSeconds: 600, isRollback: true });
    try {
      return await work();
    } finally {
      await database.releaseLease(target, identity);
    }
  };
  return {
    ...database,
    applyMigration: (address, one) => holding(one.entry, () => database.applyMigration(address, one)),
    rollBack: (address, one) =>
      holding({ version: one.applied.version, ...one.by }, () => database.rollBack(address, one)),
  };
};

export type Arranged = {
  readonly database: ReturnType<typeof databaseAt>;
  readonly connection: ConnectionSettings;
  /** Runs SQL in a session of its own and gives the last statement's rows. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
};

export const withTarget = <T>(setUp: string, work: (arranged: Arranged) => Promise<T>): Promise<T> =>
  withDatabase(async (connection) => {
    const query = (sql: string) =>
      withClient(connection, async (client) => {
        const result: unknown = await client.query(sql);
        return ([result].flat().at(-1) as { rows: Record<string, unknown>[] }).rows;
      });
    if (setUp) await query(setUp);
    return work({ database: withLeases(databaseAt(connection)), connection, query });
  });

/** A login role without any right beyond what the database gives everybody; its objects are dropped with it. */
export const withLimitedRole = async <T>(
  { connection, query }: Arranged,
  work: (role: { readonly name: string; readonly connection: ConnectionSettings }) => Promise<T>,
): Promise<T> => {
  const name = `limited_${randomBytes(4).toString('hex')}`;
  await query(`CREATE ROLE ${name} LOGIN PASSWORD 'test-only'`);
  try {
    return await work({ name, connection: { ...connection, user: name, password: 'test-only' } });
  } finally {
    await query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
  }
};
