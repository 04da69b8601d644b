/** One transaction for the length of a callback. */
import { OutcomeUnknown } from '#domain/errors';
import type { StatementLimits } from '#lambdas/ports/database';
import { type Session, sqlStateOf } from './session';

/** How a transaction ends when its work is done. Throws when it ended otherwise. */
type Ending = (session: Session) => Promise<void>;

export const rollback: Ending = async (session) => {
  await session.query('ROLLBACK');
};

export const commit: Ending = async (session) => {
  const { command } = await session.query('COMMIT');
  // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and without an error.
  if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}, expected COMMIT`);
};

/**
 * Commits where the outcome must be known. An ERROR in answer to COMMIT is a rollback; any other failure leaves the outcome
 * open, since the server may have committed before it or before the network failed.
 * Errors: OutcomeUnknown.
 */
export const commitForCertain: Ending = async (session) => {
  try {
    await commit(session);
  } catch (error) {
    const { severity, message } = error as { severity?: string; message: string };
    const isAnswer = sqlStateOf(error) === null ? session.getTransactionStatus() === 'I' : severity === 'ERROR';
    if (isAnswer) throw error;
    throw new OutcomeUnknown(
      `the connection was lost while the transaction was being committed (${message}); the ledger, migration_checklist.ledger, or restart_point beside it records whether it was committed`,
      { cause: error },
    );
  }
};

const milliseconds = (value: number) => Math.max(0, Math.round(value));

// Isolation and access are stated, because a role or database may have other defaults: the ledger must be read as it is
// after the lock was granted, not as it was before.
const opening = ({ lockTimeoutMs, statementTimeoutMs }: StatementLimits, access: 'READ WRITE' | 'READ ONLY') =>
  `BEGIN ISOLATION LEVEL READ COMMITTED ${access}; SET LOCAL lock_timeout = ${milliseconds(lockTimeoutMs)}; SET LOCAL statement_timeout = ${milliseconds(statementTimeoutMs)}`;

export const inTransaction = async <T>(
  session: Session,
  {
    limits,
    access = 'READ WRITE',
    end,
  }: { readonly limits: StatementLimits; readonly access?: 'READ WRITE' | 'READ ONLY'; readonly end: Ending },
  work: () => Promise<T>,
): Promise<T> => {
  await session.query(opening(limits, access));
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // A lost session has rolled back by itself.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await end(session);
  return result;
};
