/** Runs pg_dump, compiled to WebAssembly, inside a session that is already open: same transaction, same locks, no login. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { VerificationFailed } from '#domain/errors';
import type { Session } from '../session/session';
import { type FromWorker, type LoanEnd, lendSession } from './lend-session';
import { greeting, queryMessage } from './server-messages';

export type PgDump = {
  /**
   * The schema's part before or after the rows, or the whole of it, as SQL. The session must be in a transaction, repeatable read and read
   * only; nothing else may use it meanwhile. Errors: the server's, with its SQLSTATE; VerificationFailed with pg_dump's words.
   */
  dumpSection(
    session: Session,
    section: 'pre-data' | 'post-data' | 'schema',
    /** `schema.table`, quoted: only these, with their partitions and what belongs to them; left out, everything. */
    tables?: readonly string[],
  ): Promise<string>;
};

/** What libpq and pg_dump ask a session for without a query. */
const reportedSettings = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'integer_datetimes',
  'is_superuser',
  'session_authorization',
  'standard_conforming_strings',
];

const readSettings = async (session: Session): Promise<Record<string, string>> => {
  const { rows } = await session.query<{ name: string; value: string }>(
    'SELECT name, current_setting(name, true) AS value FROM unnest($1::text[]) AS wanted(name)',
    [reportedSettings],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value ?? '']));
};

const programArguments = [
  // The login has been made: nothing of this reaches a server.
  ...['-h', 'session', '-d', 'dbname=session user=session sslmode=disable gssencmode=disable'],
  // A restored subscription would keep its database from being dropped.
  '--no-subscriptions',
];

/** pg_dump would wait without limit for a session that changes a view whose definition it reads. */
const keepLockTimeout = (lockTimeoutMs: number) => {
  const unlimited = queryMessage('SET lock_timeout = 0');
  const limited = queryMessage(`SET lock_timeout = ${lockTimeoutMs}`);
  return (message: Uint8Array) => (unlimited.equals(message) ? limited : message);
};

const sqlOf = (end: LoanEnd): string => {
  if (end.kind === 'dump') return end.sql;
  if (end.error) throw end.error;
  throw new VerificationFailed(
    `pg_dump could not read the schema: ${end.reason.replace(/^.*Error message: /s, '').trim()}`,
  );
};

/** Held for as long as the process lives, and never read: with it a dump takes less than half the processor time. */
let compiledProgram: unknown = null;

/**
 * Starts pg_dump's thread, which takes a quarter of a second to be ready, and ends it after `work`. Beside a bundle of this
 * module must lie the thread's file, and pg_dump.cjs and pg_dump.wasm from `@electric-sql/pglite-tools/dist`.
 */
export const withPgDump = async <T>(lockTimeoutMs: number, work: (pgDump: PgDump) => Promise<T>): Promise<T> => {
  const answers = new Int32Array(new SharedArrayBuffer(4));
  // It needs neither our environment nor our loaders, and it must not write to our terminal.
  const worker = new Worker(path.join(__dirname, 'pg-dump-worker.cjs'), {
    workerData: { answers: answers.buffer, isCompiled: compiledProgram !== null },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'compiled') compiledProgram = message.program;
  });
  const died = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`pg_dump's thread ended without a dump (exit code ${code})`)));
  });
  // Awaited only while a section is being dumped.
  died.catch(() => undefined);
  const dumpSection = async (session: Session, section: string, tables: readonly string[] = []) => {
    const hello = greeting(await readSettings(session));
    const args = [...programArguments, section === 'schema' ? '--schema-only' : `--section=${section}`];
    for (const table of tables) args.push(`--table-and-children=${table}`);
    const loan = { worker, answers, args, hello, translate: keepLockTimeout(lockTimeoutMs) };
    const sql = sqlOf(await Promise.race([lendSession(session, loan), died]));
    // The two sections prepare statements of the same names.
    await session.query('DEALLOCATE ALL');
    return sql;
  };
  try {
    return await work({ dumpSection });
  } finally {
    await worker.terminate();
  }
};
