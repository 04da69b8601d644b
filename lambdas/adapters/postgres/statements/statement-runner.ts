/** Runs a migration's statements one by one, exactly as written, and notes what each did. */
import type { StatementRun } from '#domain/dry-run/measured';
import { MigrationRefused, StatementFailed } from '#domain/errors';
import type { SqlStatement } from '#domain/migration/migration';
import { collectNotices } from '../session/notices';
import type { Session } from '../session/session';
import { statementError } from '../session/statement-failure';
import { type Look, type Observation, startTrace } from './statement-trace';

/** A statement that has run, before it is known how long its locks will be held. */
export type OpenRun = Omit<StatementRun, 'locks' | 'startedAtMs' | 'heldMs'> & {
  /** By this process's clock. */
  readonly beganAtMs: number;
  readonly newLocks: Observation['locks'];
};

const summaryLength = 120;

/** The first line that is not a comment. */
export const summaryOf = (sql: string) =>
  (sql.split('\n').find((line) => !/^\s*(--|$)/.test(line)) ?? sql).trim().slice(0, summaryLength);

/** 3 digits: a microsecond. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

type Answer = { readonly rowsAffected: number | null; readonly wasPassedOver?: true };

const runOne = async (session: Session, statement: SqlStatement): Promise<Answer> => {
  const where = `statement ${statement.index + 1} (line ${statement.line})`;
  try {
    // Without values this is the simple protocol: PostgreSQL gets the text exactly as the file has it.
    const result = await session.query(statement.sql);
    // Idle: outside a transaction. A look that failed after the statement is not the statement's fault.
    if (session.getTransactionStatus() !== 'I') return { rowsAffected: result.rowCount ?? null };
  } catch (error) {
    throw statementError(where, statement, error);
  }
  throw new MigrationRefused(
    `${where} ended the transaction that the workflow had opened; expected no BEGIN, COMMIT or ROLLBACK in a migration. Remove it, and look at what it left in the database`,
  );
};

// Undefined column, function, table, object and schema: what the statement drops was not made yet. Duplicate ones: what it
// makes again was not dropped yet. A later comparison, object by object, shows whether the schema is the earlier one.
const nothingToTakeBack = [
  ...['42703', '42883', '42P01', '42704', '3F000'],
  ...['42701', '42723', '42P07', '42710', '42P06'],
];

/** True when PostgreSQL's error says that there is nothing to undo. */
export const isNothingToTakeBack = (error: unknown): boolean =>
  error instanceof StatementFailed && nothingToTakeBack.includes(error.details.sqlState ?? '');

const runUnlessNothingToTakeBack = async (session: Session, statement: SqlStatement): Promise<Answer> => {
  await session.query('SAVEPOINT migration_checklist_statement');
  try {
    const answer = await runOne(session, statement);
    await session.query('RELEASE SAVEPOINT migration_checklist_statement');
    return answer;
  } catch (error) {
    if (!isNothingToTakeBack(error)) throw error;
    await session.query('ROLLBACK TO SAVEPOINT migration_checklist_statement');
    return { rowsAffected: null, wasPassedOver: true };
  }
};

/** Repeats what an earlier part of the file has SET. Errors as runStatements. */
export const repeatSettings = async (session: Session, settings: readonly SqlStatement[]): Promise<void> => {
  for (const setting of settings) await runOne(session, setting);
};

/** DEALLOCATE ALL drops our prepared statements as well, also from within a DO block, so a text that mentions it is enough. */
const forgetsPrepared = ({ sql }: SqlStatement) => /\b(deallocate|discard)\b/i.test(sql);

type Answered = { readonly statement: SqlStatement; readonly result: Answer; readonly notices: readonly string[] };

const openRun = (
  { statement: { index, line, sql }, result, notices }: Answered,
  { before, after }: { readonly before: Look; readonly after: Look },
): OpenRun => {
  const { locks: newLocks, ...observed } = after.observed;
  const beganAtMs = before.endedAtMs;
  // A server's clock may be set back.
  const durationMs = rounded(Math.max(0, after.beganAtMs - beganAtMs));
  return { index, line, summary: summaryOf(sql), beganAtMs, durationMs, ...result, newLocks, notices, ...observed };
};

/**
 * Inside a transaction of a pipelined session; `isAlone` as startTrace has it. A statement is sent when the answer to the one
 * before it was seen, the look behind it meanwhile: the server goes from one to the other without waiting for us. A statement's
 * time is that between two looks, by the server's clock. Errors: StatementFailed, LockNotAvailable, MigrationRefused.
 */
export const runStatements = async (
  session: Session,
  statements: readonly SqlStatement[],
  { isAlone, isFromMiddle = false }: { readonly isAlone: boolean; readonly isFromMiddle?: boolean },
): Promise<readonly OpenRun[]> => {
  const send = isFromMiddle ? runUnlessNothingToTakeBack : runOne;
  const look = await startTrace(session, { isAlone, isPrepared: !statements.some(forgetsPrepared) });
  let looking = look();
  const looks: Look[] = [];
  const answers: Answered[] = [];
  for (const statement of statements) {
    const sent = collectNotices(session, () => send(session, statement));
    // Sent as soon as the look before it has answered, mostly while the statement still runs; a statement with a savepoint around
    // it is several messages, between which no look may come.
    const next = (isFromMiddle ? Promise.all([looking, sent]) : looking).then(() => look());
    // It fails when the statement fails, and then the statement's error is the one to report.
    next.catch(() => undefined);
    const [seen, answer] = await Promise.allSettled([looking, sent]);
    // A look that fails takes the transaction along, so that the statement behind it fails too, and perhaps is heard of first.
    if (seen.status === 'rejected') throw seen.reason;
    if (answer.status === 'rejected') throw answer.reason;
    looks.push(seen.value);
    answers.push({ statement, ...answer.value });
    looking = next;
  }
  const last = await looking;
  return answers.map((answered, index) =>
    openRun(answered, { before: looks[index] ?? last, after: looks[index + 1] ?? last }),
  );
};

/** Completes the runs once the transaction has ended: until then every lock was held. */
export const closeRuns = (runs: readonly OpenRun[], endedAtMs: number): readonly StatementRun[] => {
  const firstMs = runs[0]?.beganAtMs ?? 0;
  return runs.map(({ beganAtMs, newLocks, ...run }) => {
    const startedAtMs = rounded(beganAtMs - firstMs);
    const heldMs = rounded(endedAtMs - beganAtMs);
    return { ...run, startedAtMs, heldMs, locks: newLocks.map((lock) => ({ ...lock, fromMs: startedAtMs, heldMs })) };
  });
};
