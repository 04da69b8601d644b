/** Commands as a user types them, in a project of its own on a database of the test server. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { markStaging } from '#commands/mark-staging/mark';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient, withDatabase } from './postgres';
import { projectRoot } from './project-root';
import { withFolder } from './with-folder';

export type Ended = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
};

const clock = { now: () => new Date() };

/** Runs a command's file in that folder. */
export const typed = (
  command: string,
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const tsx = require.resolve('tsx', { paths: [projectRoot] });
    const all = ['--import', `file://${tsx}`, path.join(projectRoot, 'commands', command, 'command.ts'), ...args];
    const env = { ...process.env, ...environment };
    execFile(process.execPath, all, { cwd: folder, env, timeout: 240_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr, output: stdout + stderr }),
    );
  });

export type Project = {
  readonly folder: string;
  readonly url: string;
  put(name: string, text: string): Promise<void>;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  start(...args: readonly string[]): Promise<Ended>;
  command(name: string, ...args: readonly string[]): Promise<Ended>;
};

const projectIn = (folder: string, connection: ConnectionSettings): Project => {
  const { host, port, user, password, database } = connection;
  const url = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  const command = (name: string, ...args: readonly string[]) =>
    typed(name, folder, ['--database-url', 'SHOP_URL', ...args], { SHOP_URL: url });
  return {
    folder,
    url,
    command,
    start: (...args) => command('run', '--yes', '--monitor', '1s', '--port', '0', ...args),
    put: async (name, text) => {
      await mkdir(path.join(folder, 'migrations'), { recursive: true });
      await writeFile(path.join(folder, 'migrations', name), text);
    },
    query: (sql) =>
      withClient(connection, async (client) => (await client.query(sql)).rows as Record<string, unknown>[]),
  };
};

/** A marked database with that in it, and as many projects that run on it. */
export const withProjects = <T>(
  setUp: string,
  number: number,
  work: (...projects: [Project, Project]) => Promise<T>,
): Promise<T> =>
  withDatabase((connection) =>
    withFolder(async (directory) => {
      const folders = Array.from({ length: number }, (_, index) => path.join(directory, `project-${index}`));
      for (const folder of folders) await mkdir(folder);
      const projects = folders.map((folder) => projectIn(folder, connection));
      await projects[0]?.query(setUp);
      const platform = createPlainServerPlatform({ url: projects[0]?.url ?? '', clock, backupCopy: copyDatabase });
      await markStaging(platform, { by: 'ada@example.org', clock });
      return work(...(projects as [Project, Project]));
    }),
  );
