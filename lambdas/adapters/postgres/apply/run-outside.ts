/** Runs one statement that cannot be in a transaction, in a session of its own, watched from one of ours. */

import type { StatementRun } from '#domain/dry-run/measured';
import type { SqlStatement } from '#domain/migration/migration';
import type { Unit } from '#domain/migration/units';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Begun, lookBefore, whoIs } from '../interrupted/leftovers';
import { applicationName, type Session, withSession } from '../session/session';
import { statementError } from '../session/statement-failure';
import { summaryOf } from '../statements/statement-runner';
import { watchStatement } from '../statements/watch-statement';
import { namingBlockers } from './blocking-sessions';

/**
 * 150 times the usual patience, 5 minutes for 2 s: such a statement waits for transactions that are older than itself, and
 * readers and writers pass it meanwhile. It must end some day all the same, because VACUUM cannot clean up behind it.
 */
const patience = 150;

/** What the statement itself is bounded by. A build on a large table takes what it takes. */
export const limitsOutside = (
  { lockTimeoutMs, statementTimeoutMs }: StatementLimits,
  letsOthersPass: boolean,
): StatementLimits =>
  letsOthersPass
    ? { lockTimeoutMs: lockTimeoutMs * patience, statementTimeoutMs: 0 }
    : { lockTimeoutMs, statementTimeoutMs };

const placeOf = ({ index, line }: SqlStatement) => `statement ${index + 1} (line ${line})`;

const send = async (worker: Session, statement: SqlStatement): Promise<number | null> => {
  try {
    return (await worker.query(statement.sql)).rowCount ?? null;
  } catch (error) {
    throw statementError(placeOf(statement), statement, error, '');
  }
};

/** Our bounds first, then what the file has SET: as in a transaction, the file has the last word. */
const setUp = async (worker: Session, { lockTimeoutMs, statementTimeoutMs }: StatementLimits, unit: Unit) => {
  await worker.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${statementTimeoutMs}`);
  for (const statement of [...unit.settings, ...unit.statements.slice(0, -1)]) await send(worker, statement);
};

type Outside = Unit & { readonly outside: NonNullable<Unit['outside']> };

/**
 * `own` is a session of ours in no transaction; `begin` is told how to find what an interruption would leave, before anything
 * happens. Errors: StatementFailed, LockNotAvailable, MigrationRefused, DatabaseUnreachable; whatever the error, the
 * statement may have left something or even have finished.
 */
export const runOutside = (
  connection: ConnectionSettings,
  own: Session,
  unit: Outside,
  { limits, exactCounts: isAlone }: { readonly limits: StatementLimits; readonly exactCounts: boolean },
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
        watchStatement({ worker, witness: own, isAlone }, () => send(worker, statement)),
      );
      const { index, line, sql } = statement;
      return { index, line, summary: summaryOf(sql), rowsAffected: result, ...watched };
    },
    { applicationName: `${applicationName} apply` },
  );
