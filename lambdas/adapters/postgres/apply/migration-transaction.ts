/** The transaction in which statements of a migration run: on a branch or on the target, forwards or back. */
import type { StatementRun } from '#domain/dry-run/measured';
import { LockNotAvailable, MigrationRefused } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { digestOwnTables, ownTablesChanged } from '../own-schema/own-schema';
import { hideSearchPath, restoreSearchPath } from '../session/search-path';
import { type Session, withSession } from '../session/session';
import { statementError } from '../session/statement-failure';
import { commitForCertain, inTransaction } from '../session/transaction';
import { closeRuns, type OpenRun, repeatSettings, runStatements } from '../statements/statement-runner';
import { namingBlockers } from './blocking-sessions';
import { workerName } from './worker';

export type MigrationTransaction = {
  /** For statements of our own: its search_path is hidden whenever the work has it. */
  readonly session: Session;
  /**
   * From the first statement to the last, in whole milliseconds; `settings` are repeated before it. Errors: StatementFailed,
   * LockNotAvailable.
   */
  run(
    statements: readonly SqlStatement[],
    settings: readonly SqlStatement[],
  ): Promise<{
    readonly durationMs: number;
    /** The measurements up to the last statement, without the commit. */
    readonly measured: readonly StatementRun[];
  }>;
};

const lastOf = (statements: readonly SqlStatement[]) => statements.at(-1) ?? { index: 0, line: 1 };

// Checks deferred constraints now, under the settings that the migration left, because ours follow and because a
// failure then certainly belongs to the migration, and not to a COMMIT.
const verifyDeferred = async (session: Session, statements: readonly SqlStatement[]) => {
  try {
    await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  } catch (error) {
    const last = lastOf(statements);
    throw statementError(
      `a deferred constraint, checked after statement ${last.index + 1} (line ${last.line})`,
      last,
      error,
    );
  }
};

// Settings that a migration may have left and that would change what we write: the role, the meaning of names, what triggers do; and
// the form in which we read values, or our own tables would look as if the migration had changed them.
// The replication role is only touched when it was changed, which is also when the role may.
const becomeOurselves = `RESET SESSION AUTHORIZATION; RESET ROLE; ${hideSearchPath};
RESET DateStyle; RESET IntervalStyle; RESET TimeZone; RESET bytea_output; RESET extra_float_digits;
SELECT pg_catalog.set_config('session_replication_role', 'origin', true)
WHERE pg_catalog.current_setting('session_replication_role') <> 'origin'`;

// Exact counts and repeatable times: parallel workers of an index build keep statistics of their own.
const measuring = 'SET LOCAL max_parallel_maintenance_workers = 0';

/**
 * Errors: StatementFailed and LockNotAvailable after the rollback, DatabaseUnreachable when the session was lost before the
 * commit was sent, so that the server rolled back; OutcomeUnknown when it was lost afterwards.
 */
export const inMigrationTransaction = <T>(
  connection: ConnectionSettings,
  {
    runId,
    limits,
    exactCounts,
    isFromMiddle,
  }: {
    readonly runId: string;
    readonly limits: StatementLimits;
    readonly exactCounts: boolean;
    /** The statements undo what may not be there: a statement that finds nothing to undo is skipped. */
    readonly isFromMiddle: boolean;
  },
  work: (transaction: MigrationTransaction) => Promise<T>,
): Promise<{ readonly result: T; readonly statements: readonly StatementRun[] }> =>
  withSession(
    connection,
    (session) =>
      namingBlockers(
        connection,
        session,
        limits.lockTimeoutMs,
        async () => {
          let startedAtMs: number | null = null;
          let runs: readonly OpenRun[] = [];
          let ran: readonly SqlStatement[] = [];
          const end = async () => {
            try {
              await commitForCertain(session);
            } catch (error) {
              throw statementError('the commit', lastOf(ran), error);
            }
          };
          const run = async (statements: readonly SqlStatement[], settings: readonly SqlStatement[]) => {
            ran = statements;
            const ownTables = await digestOwnTables(session);
            await session.query(restoreSearchPath);
            await repeatSettings(session, settings);
            startedAtMs = performance.now();
            runs = await runStatements(session, statements, { isAlone: exactCounts, isFromMiddle });
            const durationMs = Math.round(performance.now() - startedAtMs);
            await verifyDeferred(session, statements);
            await session.query(becomeOurselves);
            if ((await digestOwnTables(session)) !== ownTables) throw new MigrationRefused(ownTablesChanged);
            return { durationMs, measured: closeRuns(runs, performance.now()) };
          };
          const result = await inTransaction(session, { limits, end }, async () => {
            await session.query(exactCounts ? `${hideSearchPath}; ${measuring}` : hideSearchPath);
            return work({ session, run });
          }).catch((error: unknown) => {
            // After the ROLLBACK: until then the locks of the earlier statements were held.
            if (error instanceof LockNotAvailable && startedAtMs !== null)
              error.stalledMs = Math.round(performance.now() - startedAtMs);
            throw error;
          });
          return { result, statements: closeRuns(runs, performance.now()) };
        },
        limits.isBlockedBefore,
      ),
    { applicationName: workerName(runId), isPipelined: true, holdsLocks: true },
  );
