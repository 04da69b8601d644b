/** What the tests of units arrange: migrations from their text, and moments in the middle of a statement that are certain. */
import pg from 'pg';
import { parseMigration } from '#domain/migration/parse-migration';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { limits, runOf } from './database-arrangements';

export const run = { version: '001', runId: 'run-1' } as const;

type Plans = {
  readonly apply: Parameters<Database['applyMigration']>[1];
  readonly rollBack: Parameters<Database['rollBack']>[1];
};

/** The plans for a migration and its rollback, one statement a line. */
export const plansOf = async (
  up: readonly string[],
  down: readonly string[] = ['SELECT 1'],
  { runId = 'run-1', lockTimeoutMs = limits.lockTimeoutMs }: { runId?: string; lockTimeoutMs?: number } = {},
): Promise<Plans> => {
  const text = [...up.map((sql) => `${sql};`), '-- ROLLBACK', ...down.map((sql) => `--   ${sql};`)].join('\n');
  const migration = await parseMigration('001_jobs.sql', Buffer.from(text));
  const [version, bounds] = [run.version, { ...limits, lockTimeoutMs }];
  const entry = { version, runId, migration: '001_jobs.sql', sha256: migration.sha256, appliedBy: 'ada@example.org' };
  return {
    apply: { statements: migration.statements, entry, limits: bounds },
    rollBack: {
      statements: migration.rollback.statements,
      applied: { version, runId },
      by: runOf('back-1'),
      limits: bounds,
    },
  };
};

export type OldTransaction = {
  readonly client: pg.Client;
  /** Resolves when a session waits for this transaction to end: a build that is all but done, with its index INVALID. */
  isWaitedFor(): Promise<void>;
  /** Ends all sessions of ours whose name is like that. */
  endSessions(applicationName: string): Promise<void>;
};

/** A transaction with a snapshot, and what `sql` locks: what is CONCURRENTLY has to wait until it ends. */
export const whileOldTransaction = async <T>(
  { host, port, user, password, database }: ConnectionSettings,
  sql: string,
  work: (old: OldTransaction) => Promise<T>,
): Promise<T> => {
  const settings = { host, port, user, password, database };
  const [client, witness] = [new pg.Client({ ...settings, application_name: 'the report' }), new pg.Client(settings)];
  await Promise.all([client.connect(), witness.connect()]);
  try {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class; ${sql}`);
    return await work({
      client,
      isWaitedFor: async () => {
        const waiting = `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
          WHERE l.locktype = 'virtualxid' AND NOT l.granted AND a.datname = current_database()`;
        while ((await witness.query(waiting)).rows.length === 0);
      },
      endSessions: async (applicationName) => {
        await witness.query(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name LIKE $1`,
          [applicationName],
        );
      },
    });
  } finally {
    await Promise.all([client.end(), witness.end()]);
  }
};
