/** Runs one statement of a declared test and requires the declared result. */
import type { QueryConfig, QueryResult } from 'pg';
import type { CheckStatement, ExpectedError } from '#domain/checks/checks';
import { count } from '#domain/count';
import { VerificationFailed } from '#domain/errors';
import { isLockFailure, type Session, sqlStateOf } from '../session/session';
import { serverWords } from '../session/statement-failure';
import { readContext } from './called-functions';

/** Replaces the names of saved values by SQL literals. */
export type BindSaved = (sql: string, values: Readonly<Record<string, string | null>>) => string;

export type StatementOutcome = {
  /** The expected error that occurred; null when none was expected or none occurred. */
  readonly expected: ExpectedError | null;
  readonly saved: Readonly<Record<string, string | null>>;
  /** The expectation and what happened instead; null when the statement ended as declared. */
  readonly failure: string | null;
};

type Row = Readonly<Record<string, string | null>>;
type Attempt = { readonly result: QueryResult<Row> } | { readonly error: unknown };

/** The extended protocol takes exactly one statement; values stay the text that PostgreSQL gives. */
const singleStatement = (text: string): QueryConfig & { readonly queryMode: 'extended' } => ({
  text,
  queryMode: 'extended',
  types: { getTypeParser: () => (value: string) => value },
});

const attempt = async (work: () => Promise<QueryResult<Row>>): Promise<Attempt> => {
  try {
    return { result: await work() };
  } catch (error) {
    if (sqlStateOf(error) === null) throw error;
    return { error };
  }
};

const failing = (failure: string): StatementOutcome => ({ expected: null, saved: {}, failure });

type ServerFields = Partial<
  Record<'message' | 'schema' | 'table' | 'column' | 'dataType' | 'constraint' | 'where', string>
>;

const expectedError = async (
  session: Session,
  { line, expectedSqlState }: ErrorStatement,
  error: unknown,
): Promise<ExpectedError> => {
  const { message = '', schema = null, table = null, column = null, ...rest } = error as ServerFields;
  const { dataType = null, constraint = null, where = '' } = rest;
  const context = await readContext(session, where);
  return { line, sqlState: expectedSqlState, message, schema, table, column, dataType, constraint, context };
};

type ErrorStatement = CheckStatement & { readonly expectedSqlState: string };

const expectError = async (session: Session, statement: ErrorStatement): Promise<StatementOutcome> => {
  const { sql, expectedSqlState: expected } = statement;
  await session.query('SAVEPOINT migration_checklist_statement');
  const outcome = await attempt(async () => {
    const result = await session.query<Row>(singleStatement(sql));
    // The rule may be a deferred constraint, which raises its error only now.
    await session.query('SET CONSTRAINTS ALL IMMEDIATE');
    return result;
  });
  refuseEnded(session, sql);
  await session.query(
    'ROLLBACK TO SAVEPOINT migration_checklist_statement; RELEASE SAVEPOINT migration_checklist_statement',
  );
  if ('result' in outcome) return failing(`expected SQLSTATE ${expected}, but the statement succeeded`);
  if (sqlStateOf(outcome.error) === expected)
    return { expected: await expectedError(session, statement, outcome.error), saved: {}, failure: null };
  if (isLockFailure(outcome.error)) throw outcome.error;
  return failing(`expected SQLSTATE ${expected}, PostgreSQL answered: ${serverWords(outcome.error, statement.sql)}`);
};

const expectSuccess = async (session: Session, statement: CheckStatement): Promise<StatementOutcome> => {
  const outcome = await attempt(() => session.query<Row>(singleStatement(statement.sql)));
  refuseEnded(session, statement.sql);
  if ('error' in outcome) {
    if (isLockFailure(outcome.error)) throw outcome.error;
    return failing(`expected success, PostgreSQL answered: ${serverWords(outcome.error, statement.sql)}`);
  }
  const { rows, rowCount } = outcome.result;
  if (statement.expectedRows !== null && rowCount !== statement.expectedRows)
    return failing(
      `expected ${count(statement.expectedRows, 'row')}, got ${rowCount ?? 'none: the statement has no row count'}`,
    );
  const saved: Record<string, string | null> = {};
  for (const { column, name } of statement.save) {
    const value = rows[0]?.[column];
    if (value === undefined)
      return failing(
        rows.length === 0
          ? `column ${column} was to be saved, but the statement returned no row`
          : `column ${column} was to be saved, but the statement returned ${Object.keys(rows[0] ?? {}).join(', ')}`,
      );
    saved[name] = value;
  }
  return { expected: null, saved, failure: null };
};

const refuseEnded = (session: Session, sql: string) => {
  if (session.getTransactionStatus() === 'I')
    throw new VerificationFailed(
      `a test ended the transaction that the checklist rolls back, with: ${sql.trim().slice(0, 80)}; what the tests wrote before may have been committed. Look at the tables they write to, and remove it`,
    );
};

const isErrorStatement = (statement: CheckStatement): statement is ErrorStatement =>
  statement.expectedSqlState !== null;

/**
 * Runs inside a transaction, which stays usable unless the statement fails unexpectedly. Errors: VerificationFailed
 * when the statement ended the transaction; the server's own error for a lock that another session holds.
 */
export const runCheckStatement = (session: Session, statement: CheckStatement): Promise<StatementOutcome> =>
  isErrorStatement(statement) ? expectError(session, statement) : expectSuccess(session, statement);
