/** The only way to a PostgreSQL session: connected for the length of a callback, errors under our names. */
import type { EventEmitter } from 'node:events';
import pg from 'pg';
import { ChecklistError, DatabaseUnreachable, LockNotAvailable } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';

export type Session = pg.ClientBase;

/** By name; several values make a list. */
type Settings = Readonly<Record<string, string | readonly string[]>>;

export type SessionOptions = {
  /** Shown in pg_stat_activity, so that a blocked session's owner sees who blocks it. */
  readonly applicationName?: string;
  /** Set for the session beside those that every session of ours sets. */
  readonly settings?: Settings;
  /** It holds locks that others wait for: the server ends it when nobody is behind it any more, or when it does nothing for a minute. */
  readonly holdsLocks?: boolean;
  /** Queries are sent without waiting for the answers of those before them. */
  readonly isPipelined?: boolean;
};

/** How all our sessions' names in pg_stat_activity begin. */
export const applicationName = 'migration-checklist';

/** 10 s: a suspended Neon compute wakes in about one; more means that nobody answers. */
const connectTimeoutMs = 10_000;

/** After 30 s without traffic TCP keepalive asks whether the server is still there; Node's default is two hours. */
const keepAliveMs = 30_000;

/**
 * What a role or a database may have set for its own sessions and ours must not inherit: limits that end a session which waits for
 * a person or a copy, and transactions that may not write. What a migration's statements mean is left as the target has it.
 */
const pinnedSettings: Readonly<Record<string, string>> = {
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  transaction_timeout: '0',
  statement_timeout: '0',
  lock_timeout: '0',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  default_transaction_isolation: 'read committed',
  // A network that went silent is noticed by the server too, after half a minute: until then its session keeps what it has locked.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
  tcp_user_timeout: '30000',
};

/** 60 s: between two statements of a migration lie milliseconds. Whoever is silent for so long is frozen or cut off. */
const lockHolderSettings: Readonly<Record<string, string>> = { idle_in_transaction_session_timeout: '60000' };

/** While a statement runs the server looks every 10 s whether somebody still waits for it; not every platform can. */
const lookForClient = async (client: pg.Client) => {
  await client
    .query(
      `SELECT pg_catalog.set_config('client_connection_check_interval', '10000', false)
        WHERE pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL`,
    )
    .catch((error: unknown) => {
      if (sqlStateOf(error) !== '22023') throw error;
    });
};

/** The major version from which on a server has a setting; the others are older than every server that we know. */
const newSettings: Readonly<Record<string, number>> = { idle_session_timeout: 14, transaction_timeout: 17 };

/** Every server, and every pooler before one, reports its version while the session starts. Zero until then. */
const listenForVersion = (client: pg.Client): (() => number) => {
  let version = 0;
  const { connection } = client as pg.Client & { readonly connection: EventEmitter };
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'server_version') version = Number.parseInt(parameterValue, 10);
  });
  return () => version;
};

/** SET, because a new session takes twice as long to call a function. A list such as search_path's is written element by element. */
const pinSettings = (client: pg.Client, version: number, settings: Settings) =>
  client.query(
    Object.entries({ ...pinnedSettings, ...settings })
      .filter(([name]) => version >= (newSettings[name] ?? 0))
      .map(([name, value]) => `SET ${name} TO ${[value].flat().map((one) => client.escapeLiteral(one))}`)
      .join('; '),
  );

/** lock_not_available and deadlock_detected: the transaction was rolled back and may be retried as a whole. */
const lockSqlStates: readonly string[] = ['55P03', '40P01'];

/** Connection exceptions, shutdown, and a server that does not take sessions yet. */
const lostSessionSqlStates: readonly string[] = ['57P01', '57P02', '57P03', '08006', '08003', '08000'];

const lostSessionCodes: readonly string[] = [
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETRESET'],
];

/** SQLSTATE of an error that came from the server; null for all others. */
export const sqlStateOf = (error: unknown): string | null => {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  // Node's own codes, such as EPIPE, look like an SQLSTATE; only the server sends a severity.
  return typeof code === 'string' && typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/** True when a lock was not granted in time or a deadlock was broken. */
export const isLockFailure = (error: unknown): boolean => lockSqlStates.includes(sqlStateOf(error) ?? '');

/** True when the session itself is lost, so that the outcome of its transaction is unknown here. */
export const isLostSession = (error: unknown): boolean => {
  const sqlState = sqlStateOf(error);
  if (sqlState) return lostSessionSqlStates.includes(sqlState);
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (
    lostSessionCodes.includes(code ?? '') ||
    /Connection terminated|connection error and is not queryable|Client was closed/i.test(message ?? '')
  );
};

/** Host, database and role in words; never the password. */
export const whereIs = ({ host, port, database, user }: ConnectionSettings): string =>
  `${host}:${port}, database "${database}", role "${user}"`;

// A host name with several addresses fails with one error per address and no message of its own.
const wordsOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(wordsOf).join('; ')
    : (error as Error | null)?.message || 'no answer';

const unreachable = (connection: ConnectionSettings, cause: unknown) =>
  new DatabaseUnreachable(
    `cannot connect to ${whereIs(connection)}: ${wordsOf(cause)}; check that the server runs, that it can be reached from here and that the secret holds the right role and password`,
    { cause },
  );

const underOurNames = (connection: ConnectionSettings, error: unknown): unknown => {
  // Code that knew more has named the error already, though its message may be a lost connection's.
  if (error instanceof ChecklistError) return error;
  if (isLockFailure(error))
    return new LockNotAvailable(
      `a lock was not granted in time on ${whereIs(connection)}: ${(error as Error).message}; the transaction changed nothing`,
      { cause: error },
    );
  if (isLostSession(error))
    return new DatabaseUnreachable(`the session on ${whereIs(connection)} was lost: ${(error as Error).message}`, {
      cause: error,
    });
  return error;
};

/** Errors: DatabaseUnreachable when no session could be had or it was lost, LockNotAvailable; all others pass as they are. */
export const withSession = async <T>(
  connection: ConnectionSettings,
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> => {
  const { host, port, user, password, database, tls } = connection;
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database,
    // Always verified: encryption without verification proves nothing about the server at the other end.
    ssl: tls ? { rejectUnauthorized: true } : false,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: options.applicationName ?? applicationName,
    pipeline: options.isPipelined ?? false,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  });
  const versionOf = listenForVersion(client);
  // The query that was running reports a lost connection; without a listener the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw unreachable(connection, cause);
  }
  try {
    await pinSettings(client, versionOf(), { ...options.settings, ...(options.holdsLocks && lockHolderSettings) });
    if (options.holdsLocks) await lookForClient(client);
    return await work(client);
  } catch (error) {
    throw underOurNames(connection, error);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** 10 s: some of PostgreSQL's own functions lock what they read, and must not queue behind a migration for ever. */
export const ownLockTimeoutMs = 10_000;

/** How PostgreSQL finds names and writes values, whatever the role or the database prefers. */
const ownSettings: Settings = {
  search_path: ['pg_catalog', 'pg_temp'],
  lock_timeout: String(ownLockTimeoutMs),
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
};

/**
 * A session for our own statements: no object of the target can shadow PostgreSQL's types, functions and
 * operators, and no statement waits longer than 10 s for a lock. Errors as withSession.
 */
export const withOwnSession = <T>(
  connection: ConnectionSettings,
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> => withSession(connection, work, { ...options, settings: ownSettings });
