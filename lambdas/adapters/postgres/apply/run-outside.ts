/** Runs one statement that cannot run in a transaction, in its own session, while a session of ours watches. */
import type { StatementRun } from '#domain/dry-run/measured';
import { LockNotAvailable } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import type { Unit } from '#domain/migration/units';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Begun, lookBefore, whoIs } from '../interrupted/leftovers';
import { type Session, withSession } from '../session/session';
import { statementError } from '../session/statement-failure';
import { summaryOf } from '../statements/statement-runner';
import { watchStatement } from '../statements/watch-statement';
import { namingBlockers } from './blocking-sessions';
import { workerName } from './worker';

/**
 * 150 times the usual patience, 5 minutes for 2 s: such a statement waits for transactions that are older than itself, and
 * readers and writers pass it meanwhile. It must still end some time, because VACUUM cannot remove rows that it may see.
 */
const patience = 150;

/** The limits of the statement itself. A build on a large table takes as long as it takes. */
export const limitsOutside = (
  { lockTimeoutMs, statementTimeoutMs }: StatementLimits,
  letsOthersPass: boolean,
): StatementLimits =>
  letsOthersPass
    ? { lockTimeoutMs: lockTimeoutMs * patience, statementTimeoutMs: 0 }
    : { lockTimeoutMs, statementTimeoutMs };

const describeStatement = ({ index, line }: SqlStatement) => `statement ${index + 1} (line ${line})`;

const send = async (worker: Session, statement: SqlStatement): Promise<number | null> => {
  try {
    return (await worker.query(statement.sql)).rowCount ?? null;
  } catch (error) {
    throw statementError(describeStatement(statement), statement, error, '');
  }
};

/** Our limits first, then what the file has SET: as in a transaction, the file's settings win. */
const setUp = async (worker: Session, { lockTimeoutMs, statementTimeoutMs }: StatementLimits, unit: Unit) => {
  await worker.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${statementTimeoutMs}`);
  for (const statement of [...unit.settings, ...unit.statements.slice(0, -1)]) await send(worker, statement);
};

/** Readers and writers pass one that lets them while it waits. */
const measured = async <T>({ outside }: Unit, work: () => Promise<T>): Promise<T> => {
  const startedAtMs = performance.now();
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockNotAvailable && !outside?.letsOthersPass)
      error.stalledMs = Math.round(performance.now() - startedAtMs);
    throw error;
  }
};

type Outside = Unit & { readonly outside: NonNullable<Unit['outside']> };

/**
 * `own` is a session of ours outside a transaction; `begin` gets, before the statement starts, how to find what an interruption
 * would leave behind. Errors: StatementFailed, LockNotAvailable, MigrationRefused, DatabaseUnreachable; after any of them the
 * statement may have left something behind or even have finished.
 */
export const runOutside = (
  connection: ConnectionSettings,
  own: Session,
  unit: Outside,
  {
    runId,
    limits,
    exactCounts: isAlone,
  }: { readonly runId: string; readonly limits: StatementLimits; readonly exactCounts: boolean },
  begin: (leftover: Begun) => Promise<void>,
): Promise<StatementRun> =>
  withSession(
    connection,
    async (worker) => {
      const bounds = limitsOutside(limits, unit.outside.letsOthersPass);
      const statement = unit.statements.at(-1) as SqlStatement;
      await setUp(worker, bounds, unit);
      const left = await lookBefore({ worker, own }, statement, unit.outside);
      await begin({ ...left, worker: await whoIs(worker) });
      const { result, watched } = await namingBlockers(connection, worker, bounds.lockTimeoutMs, () =>
        watchStatement({ worker, witness: own, isAlone }, () => measured(unit, () => send(worker, statement))),
      );
      const { index, line, sql } = statement;
      return { index, line, summary: summaryOf(sql), rowsAffected: result, ...watched };
    },
    { applicationName: workerName(runId), holdsLocks: true },
  );
