/** What a person reads when PostgreSQL refused a statement of a migration. */
import { ChecklistError, LockNotAvailable, StatementFailed } from '../../domain/errors';
import type { SqlStatement } from '../../domain/migration/migration';
import { isLockFailure, isLostSession, sqlStateOf } from './session';

type ServerError = { readonly message: string; readonly detail?: string; readonly hint?: string };

/** PostgreSQL's message with SQLSTATE, detail and hint, on one line. */
export const serverWords = (error: unknown): string => {
  const { message, detail, hint } = error as ServerError;
  const sqlState = sqlStateOf(error);
  return [
    sqlState ? `${message} (SQLSTATE ${sqlState})` : message,
    ...(detail ? [`detail: ${detail}`] : []),
    ...(hint ? [`hint: ${hint}`] : []),
  ]
    .join('; ')
    .replace(/\s*\n\s*/g, ' ');
};

type Place = Pick<SqlStatement, 'index' | 'line'>;

/**
 * The error under our names: StatementFailed, or LockNotAvailable; a lost session and what has a name of ours stay as they are. `what` stands in front of
 * PostgreSQL's words, `became` behind those of a lock failure; `statement` in the details counts from 0 like StatementRun.index.
 */
export const statementError = (
  what: string,
  { index, line }: Place,
  error: unknown,
  became = 'the transaction was rolled back, nothing was changed by it',
): unknown => {
  if (error instanceof ChecklistError || isLostSession(error)) return error;
  if (isLockFailure(error))
    return new LockNotAvailable(
      `${what} did not get its lock: ${[serverWords(error), became].filter(Boolean).join('; ')}`,
      { cause: error },
    );
  return new StatementFailed(
    `${what}: ${serverWords(error)}`,
    { sqlState: sqlStateOf(error), line, statement: index },
    { cause: error },
  );
};
