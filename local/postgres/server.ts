/** Starts and stops a PostgreSQL server of our own on a data directory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresBinaries } from './binaries';
import type { Superuser } from './cluster';
import { adviceFor } from './failure-advice';
import { stopLeftover } from './leftover';
import { endWithThisProcess } from './lifetime';

export { createCluster, type Superuser } from './cluster';
export { stopLeftover } from './leftover';

export type PostgresServer = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly directory: string;
  readonly processId: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends all sessions and the server; safe to call twice. */
  stop(): Promise<void>;
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const houseSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '50',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  shared_preload_libraries: 'pg_stat_statements',
};

/** 60 s: recovery after a crash replays at most max_wal_size, which takes a few seconds. */
const startTimeoutMs = 60_000;
/** 30 s: a fast shutdown writes one checkpoint of at most shared_buffers. */
const stopTimeoutMs = 30_000;

const spawnServer = (binaries: PostgresBinaries, directory: string, port: number, settings: Record<string, string>) => {
  const log = openSync(`${directory}.log`, 'a', 0o600);
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    return spawn(binaries.postgres, ['-D', directory, '-p', String(port), ...options], {
      ...binaries.runAs,
      cwd: path.dirname(directory),
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C in the terminal goes to us alone, and we stop the server after our own cleanup.
      detached: process.platform !== 'win32',
    });
  } finally {
    closeSync(log);
  }
};

const hasEnded = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Null when the server accepts logins; otherwise the reason why not (yet). */
const tryLogin = async (port: number, superuser: Superuser) => {
  const client = new pg.Client({ host: '127.0.0.1', port, ...superuser, database: 'postgres', ssl: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return error as Error & { readonly code?: string };
  }
};

// 57P03 cannot_connect_now: starting or recovering. Everything else that a server answers will not change by waiting.
const isStillStarting = (code: string | undefined) => code === '57P03' || !/^[0-9A-Z]{5}$/.test(code ?? '');

const awaitLogin = async (child: ChildProcess, port: number, superuser: Superuser) => {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const failure = await tryLogin(port, superuser);
    if (!failure) return;
    if (hasEnded(child)) throw new Error('the process ended', { cause: failure });
    if (!isStillStarting(failure.code)) throw failure;
    if (Date.now() > deadline) throw new Error(`no answer within ${startTimeoutMs / 1_000} s`, { cause: failure });
    // A starting server refuses connections, and no event announces that it is ready.
    await sleep(15);
  }
};

const endOfLog = async (file: string, from: number) => {
  const log = await readFile(file).catch(() => Buffer.alloc(0));
  return log.subarray(from).toString().trim().split('\n').slice(-4).join('\n');
};

const startOnce = async (
  binaries: PostgresBinaries,
  directory: string,
  superuser: Superuser,
  settings: Record<string, string>,
): Promise<PostgresServer> => {
  const logFile = `${directory}.log`;
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const port = await freePort();
  const child = spawnServer(binaries, directory, port, settings);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  endWithThisProcess(child);
  const stop = async () => {
    if (hasEnded(child)) return;
    child.kill('SIGINT');
    const impatience = setTimeout(() => child.kill('SIGQUIT'), stopTimeoutMs);
    await exited;
    clearTimeout(impatience);
  };
  try {
    await awaitLogin(child, port, superuser);
  } catch (cause) {
    // A server that ended wrote the reason to its log; one that answered sent it to us.
    const words = (hasEnded(child) && (await endOfLog(logFile, logStart))) || (cause as Error).message;
    await stop();
    throw new Error(`PostgreSQL did not start in ${directory}: ${words}${adviceFor(words)}`, { cause });
  }
  return { host: '127.0.0.1', port, directory, processId: child.pid ?? 0, exited, stop };
};

/** Starts a server on a free port and returns when it takes logins. Throws with the end of the server's log. */
export const startServer = async (
  binaries: PostgresBinaries,
  directory: string,
  superuser: Superuser,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> => {
  await stopLeftover(directory);
  // Another program may take the free port before PostgreSQL does: then try the next one.
  for (let attemptsLeft = 3; ; attemptsLeft -= 1) {
    try {
      return await startOnce(binaries, directory, superuser, { ...houseSettings, ...settings });
    } catch (error) {
      if (attemptsLeft === 1 || !/Address already in use|could not bind/.test((error as Error).message)) throw error;
    }
  }
};
