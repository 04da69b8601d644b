/** The message for a person when PostgreSQL refuses a statement of a migration. */
import { ChecklistError, DatabaseUnreachable, LockNotAvailable, StatementFailed } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import { withoutRowValues } from '#domain/text/without-row-values';
import { isLockFailure, isLostSession, sqlStateOf } from './session';

type ServerError = { readonly message: string; readonly detail?: string | undefined; readonly hint?: string };

const inWords = (sqlState: string | null, { message, detail, hint }: ServerError): string =>
  [
    sqlState ? `${message} (SQLSTATE ${sqlState})` : message,
    ...(detail ? [`detail: ${detail}`] : []),
    ...(hint ? [`hint: ${hint}`] : []),
  ]
    .join('; ')
    .replace(/\s*\n\s*/g, ' ');

/**
 * PostgreSQL's message with SQLSTATE, detail and hint, on one line, and without the row that it may speak of: messages go into mails, evidence
 * and the ledger. `sql` is what the server was asked; its own literals stay.
 */
export const serverWords = (error: unknown, sql = ''): string => {
  const { message, detail, hint } = error as ServerError;
  const sqlState = sqlStateOf(error);
  return inWords(sqlState, {
    ...withoutRowValues({ sqlState, message, detail }, sql),
    ...(hint !== undefined && { hint }),
  });
};

/** With the row, for rows that we have made ourselves. */
export const serverWordsOfMadeRows = (error: unknown): string => inWords(sqlStateOf(error), error as ServerError);

/** Remedies that PostgreSQL's message does not give for a migration. */
const advice: Readonly<Record<string, string>> = {
  '55P04':
    'PostgreSQL accepts a value that ALTER TYPE … ADD VALUE adds only after the commit: move what uses it to the next migration',
  '25001':
    'PostgreSQL runs it outside a transaction only, and its text does not show that; the checklist runs REINDEX … CONCURRENTLY that way',
  '2D000': 'a procedure or block that commits cannot be part of a migration',
};

type StatementPosition = Pick<SqlStatement, 'index' | 'line'> & Partial<Pick<SqlStatement, 'sql'>>;

/**
 * Translates the error: StatementFailed, LockNotAvailable, or DatabaseUnreachable for a lost session; an error of ours stays
 * unchanged. `what` precedes PostgreSQL's message, `became` follows that of a lock failure; `statement` in the details counts
 * from 0 like StatementRun.index.
 */
export const statementError = (
  what: string,
  { index, line, sql = '' }: StatementPosition,
  error: unknown,
  became = 'the transaction was rolled back and changed nothing',
): unknown => {
  if (error instanceof ChecklistError) return error;
  if (isLostSession(error))
    return new DatabaseUnreachable(`${what}: the session was lost: ${(error as Error).message}`, { cause: error });
  if (isLockFailure(error))
    return new LockNotAvailable(
      `${what} did not get its lock: ${[serverWords(error, sql), became].filter(Boolean).join('; ')}`,
      { cause: error },
    );
  const advised = advice[sqlStateOf(error) ?? ''];
  return new StatementFailed(
    [`${what}: ${serverWords(error, sql)}`, ...(advised ? [advised] : [])].join('; '),
    { sqlState: sqlStateOf(error), line, statement: index },
    { cause: error },
  );
};
