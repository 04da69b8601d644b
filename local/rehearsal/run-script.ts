/** Runs a script as its tool would: in one transaction, or statement by statement where it says or needs so. */
import type { Session } from '#adapters/postgres/session/session';
import { commit } from '#adapters/postgres/session/transaction';
import { count } from '#domain/count';
import type { Script } from '#domain/folders/folder';
import { controlsTransactions, endsItsToolsTransaction, rollsBack, type ScriptPiece } from '#domain/folders/pieces';
import { splitIntoStretches } from '#domain/migration/units';
import { outsideTransaction } from '#domain/sql/outside-transaction';
import { describeLeftBehind } from './left-by-script';
import type { ScriptFailure } from './result';
import { failureOf } from './statement-fault';

export type ScriptRun = { readonly failure: ScriptFailure | null; readonly notes: readonly string[] };

export type RunLimits = {
  readonly statementTimeoutMs: number;
  /** Ends the session of a statement that does not return. */
  readonly endSessions: () => Promise<void>;
  readonly serverVersion: string;
};

/** 2 s: the server's own statement_timeout comes first, unless the script has switched it off. */
const graceMs = 2_000;

/** Ends the session when PostgreSQL has not kept the limit itself. */
const withinLimit = async (
  work: Promise<unknown>,
  { statementTimeoutMs, endSessions }: RunLimits,
): Promise<boolean> => {
  let isEnded = false;
  const timer = setTimeout(
    () => {
      isEnded = true;
      endSessions().catch(() => undefined);
    },
    // Beyond 24 days Node would fire at once.
    Math.min(statementTimeoutMs + graceMs, 2_147_483_647),
  );
  try {
    await work;
  } catch (error) {
    if (!isEnded) throw error;
  } finally {
    clearTimeout(timer);
  }
  return !isEnded;
};

const send = async (
  session: Session,
  fileName: string,
  piece: ScriptPiece,
  limits: RunLimits,
): Promise<ScriptFailure | null> => {
  try {
    // Without values this is the simple protocol: PostgreSQL gets the text exactly as the file has it.
    if (await withinLimit(session.query(piece.sql), limits)) return null;
    const message = `the statement did not end within ${limits.statementTimeoutMs} ms and had switched off statement_timeout, so its session was ended`;
    return { sqlState: '57014', file: fileName, line: piece.line, message };
  } catch (error) {
    return failureOf(fileName, piece, error, limits.serverVersion);
  }
};

/** `committed` counts the pieces that stay although a later one failed. */
type Ran = { readonly failure: ScriptFailure | null; readonly committed: number };

type Way = (session: Session, script: Script, pieces: readonly ScriptPiece[], limits: RunLimits) => Promise<Ran>;

const commitAll = async (
  session: Session,
  fileName: string,
  pieces: readonly ScriptPiece[],
  limits: RunLimits,
): Promise<Ran> => {
  try {
    // Deferred constraints are checked here.
    await commit(session);
    return { failure: null, committed: pieces.length };
  } catch (error) {
    const last = pieces.at(-1);
    return {
      failure: last ? { ...failureOf(fileName, last, error, limits.serverVersion), line: last.line } : null,
      committed: 0,
    };
  }
};

const inOneTransaction: Way = async (session, { fileName }, pieces, limits) => {
  await session.query('BEGIN');
  for (const piece of pieces) {
    const failure = await send(session, fileName, piece, limits);
    if (failure) return { failure, committed: 0 };
    if (session.getTransactionStatus() !== 'T') {
      const message = 'the statement ended the transaction that the file runs in; expected no COMMIT or ROLLBACK in it';
      return { failure: { sqlState: null, file: fileName, line: piece.line, message }, committed: 0 };
    }
  }
  return commitAll(session, fileName, pieces, limits);
};

const oneByOne: Way = async (session, { fileName }, pieces, limits) => {
  let committed = 0;
  for (const [index, piece] of pieces.entries()) {
    const failure = await send(session, fileName, piece, limits);
    if (failure) return { failure, committed };
    if (session.getTransactionStatus() === 'I' && !rollsBack(piece)) committed = index + 1;
  }
  return { failure: null, committed };
};

const statementByStatement: Way = async (session, script, pieces, limits) => {
  const ran = await oneByOne(session, script, pieces, limits);
  if (ran.failure || session.getTransactionStatus() === 'I') return ran;
  const message = 'the file leaves a transaction open, which would be rolled back; expected COMMIT at its end';
  const failure = { sqlState: null, file: script.fileName, line: pieces.at(-1)?.line ?? null, message };
  return { ...ran, failure };
};

/** The tool opens a transaction, the file ends it and may open another, which the tool ends. */
const inToolsTransaction: Way = async (session, script, pieces, limits) => {
  await session.query('BEGIN');
  const ran = await oneByOne(session, script, pieces, limits);
  if (ran.failure || session.getTransactionStatus() === 'I') return ran;
  const ended = await commitAll(session, script.fileName, pieces, limits);
  return { ...ended, committed: Math.max(ended.committed, ran.committed) };
};

// active_sql_transaction: the statement itself says that it cannot run in one, REINDEX of a partitioned table for example;
// invalid_transaction_termination: a procedure or block commits by itself.
const needsNoTransaction = ['25001', '2D000'];

/**
 * PostgreSQL itself says what cannot run in a transaction. It says so before anything is committed, so everything is rolled back.
 */
const inTransactionIfPossible = async (
  session: Session,
  script: Script,
  pieces: readonly ScriptPiece[],
  limits: RunLimits,
): Promise<Ran & ScriptRun> => {
  const ran = await inOneTransaction(session, script, pieces, limits);
  const { failure } = ran;
  if (!failure || !needsNoTransaction.includes(failure.sqlState ?? '')) return { ...ran, notes: [] };
  await session.query('ROLLBACK');
  const note = `${script.fileName}:${failure.line} cannot run in a transaction: the statements around it run one by one`;
  return { ...(await statementByStatement(session, script, pieces, limits)), notes: [note] };
};

const outsideOf = ({ nodes }: ScriptPiece) => {
  const [node, ...others] = nodes;
  return node && others.length === 0 ? outsideTransaction(node) : null;
};

const runPieces = async (
  session: Session,
  script: Script,
  pieces: readonly ScriptPiece[],
  limits: RunLimits,
): Promise<Ran & ScriptRun> => {
  if (script.inTransaction && endsItsToolsTransaction(pieces)) {
    const note = `${script.fileName} ends the transaction that its tool opens: it runs statement by statement in one, as with the tool`;
    return { ...(await inToolsTransaction(session, script, pieces, limits)), notes: [note] };
  }
  if (controlsTransactions(pieces)) {
    const note = `${script.fileName} opens or ends transactions itself: it runs statement by statement, as written`;
    return { ...(await statementByStatement(session, script, pieces, limits)), notes: [note] };
  }
  if (!script.inTransaction) return { ...(await statementByStatement(session, script, pieces, limits)), notes: [] };
  const stretches = splitIntoStretches(pieces, outsideOf);
  const notes = stretches.flatMap(({ entries, outside }) =>
    outside
      ? [
          `${script.fileName}:${entries[0]?.line}: ${outside.name} cannot run in a transaction: the file is run in ${count(stretches.length, 'unit')}`,
        ]
      : [],
  );
  let committed = 0;
  for (const { entries, outside } of stretches) {
    const ran = outside
      ? { ...(await statementByStatement(session, script, entries, limits)), notes: [] }
      : await inTransactionIfPossible(session, script, entries, limits);
    notes.push(...ran.notes);
    committed += ran.committed;
    if (ran.failure) return { failure: ran.failure, committed, notes };
  }
  return { failure: null, committed, notes };
};

const timeouts = ['statement_timeout', 'lock_timeout'];
const lasting = ['search_path', 'session_replication_role', 'default_transaction_read_only', ...timeouts];

/** The settings that a tool with one session for all migrations would carry over to the next one. */
const carriedOver = `SELECT current_user AS role, ${lasting
  .map((name) => `pg_catalog.current_setting('${name}') AS ${name}`)
  .join(', ')}`;

/** Runs a script in its own session, which serves no other script. It returns every failure instead of throwing it. */
export const runScript = async (
  session: Session,
  script: Script,
  pieces: readonly ScriptPiece[],
  limits: RunLimits,
): Promise<ScriptRun> => {
  if (script.problem !== null)
    return {
      failure: { sqlState: null, file: script.fileName, line: script.problemLine ?? null, message: script.problem },
      notes: [],
    };
  const settingsNow = async () => (await session.query<Record<string, string>>(carriedOver)).rows[0] ?? {};
  await session.query(`SET statement_timeout = ${limits.statementTimeoutMs}`);
  const before = await settingsNow();
  const run = await runPieces(session, script, pieces, limits);
  if (run.failure) {
    const standing = await describeLeftBehind(session, script.fileName, pieces, run.committed);
    return { failure: run.failure, notes: [...run.notes, ...standing] };
  }
  const after = await settingsNow();
  const left = Object.keys(before).filter((name) => before[name] !== after[name]);
  const notes = left.map(
    (name) =>
      `${script.fileName} leaves ${name} at '${after[name]}': a later migration in the same session would have it too`,
  );
  return { failure: null, notes: [...run.notes, ...notes] };
};
