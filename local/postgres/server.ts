/** Makes, starts and stops a PostgreSQL server of our own: a data directory and one process. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { giveTo, type PostgresBinaries } from './binaries';

const run = promisify(execFile);

export type PostgresServer = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly directory: string;
  readonly processId: number;
  /** Ends all sessions and the server; safe to call twice. */
  stop(): Promise<void>;
};

export type Superuser = { readonly user: string; readonly password: string };

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** initdb into a folder that does not exist yet: UTF-8, C.UTF-8, SCRAM for every login. */
export const createCluster = async (binaries: PostgresBinaries, directory: string, superuser: Superuser) => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await giveTo(binaries.runAs, directory);
  const passwordFile = `${directory}.password`;
  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  await giveTo(binaries.runAs, passwordFile);
  try {
    await run(
      binaries.initdb,
      [
        ...['-D', directory, '-U', superuser.user, `--pwfile=${passwordFile}`],
        ...['-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
      ],
      { ...binaries.runAs, cwd: path.dirname(directory) },
    );
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    const words = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Error(`PostgreSQL could not create its data directory ${directory}: ${words}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const houseSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '50',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  shared_preload_libraries: 'pg_stat_statements',
};

const tail = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-4).join('\n');

/** Starts a server on a free port and returns when it takes logins. Throws with the end of the server's log. */
export const startServer = async (
  binaries: PostgresBinaries,
  directory: string,
  superuser: Superuser,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> => {
  await stopLeftover(directory);
  const port = await freePort();
  const logFile = `${directory}.log`;
  const log = openSync(logFile, 'a');
  const all = Object.entries({ ...houseSettings, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(binaries.postgres, ['-D', directory, '-p', String(port), ...all], {
    ...binaries.runAs,
    cwd: path.dirname(directory),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // SIGINT = fast shutdown; on our own exit nothing may be left running.
  const killOnExit = () => child.kill('SIGINT');
  process.once('exit', killOnExit);
  child.once('exit', () => process.removeListener('exit', killOnExit));

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    await exited;
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    const client = new pg.Client({ host: '127.0.0.1', port, ...superuser, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return { host: '127.0.0.1', port, directory, processId: child.pid ?? 0, stop };
    } catch (cause) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await stop();
        throw new Error(`PostgreSQL did not start in ${directory}: ${await tail(logFile)}`, { cause });
      }
      // The server is starting or recovering: it says so by refusing, there is no event to wait for.
      await sleep(15);
    }
  }
};

const isOurPostgres = async (processId: number, directory: string) => {
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(processId)]);
    return stdout.includes('postgres') && stdout.includes(directory);
  } catch {
    return false;
  }
};

/** Stops a server that an earlier, killed process left running in this data directory. */
export const stopLeftover = async (directory: string) => {
  const text = await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => null);
  const processId = Number(text?.split('\n')[0]);
  if (!processId || !(await isOurPostgres(processId, directory))) return;
  process.kill(processId, 'SIGINT');
  const deadline = Date.now() + 20_000;
  while (await isOurPostgres(processId, directory)) {
    if (Date.now() > deadline) process.kill(processId, 'SIGQUIT');
    await sleep(20);
  }
};
