/**
 * One case of `test/truth/cases`: a database on a server of its own role's kind, as a team has it, and a whole run on it with
 * `--database-url`. The role owns the database, may create databases and is no superuser.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { copyDatabase } from '#adapters/postgres/backup/copy-database';
import { createPlainServerPlatform } from '#adapters/postgres/plain-server/plain-server-platform';
import { markStaging } from '#commands/mark-staging/mark';
import { parseOptions } from '#commands/run/options';
import { pendingMigrations, type RunEnd, startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { withRuntime } from './local-run';
import { testServer } from './postgres';
import { projectRoot } from './project-root';
import { reportOf } from './run-outcome';

const casesFolder = path.join(projectRoot, 'test/truth/cases');

export type CaseOptions = {
  /** The database's name, where the case's own SQL names it. */
  readonly database?: string;
  /** The owner's name, where the case's own SQL names it. */
  readonly role?: string;
  /** What the role is besides LOGIN CREATEDB. */
  readonly roleOptions?: string;
  /** Other arguments of `npm start`. */
  readonly args?: readonly string[];
};

export type TruthCase = {
  readonly directory: string;
  /** A copy: a test may edit what is in it. */
  readonly migrations: string;
  readonly database: string;
  readonly role: string;
  readonly url: string;
  /** Runs SQL in the case's database as its owner; rows of the last statement. */
  owner(sql: string): Promise<readonly Record<string, unknown>[]>;
  superuser(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** A connection of the owner's that stays open until the case ends: an application's. */
  session(applicationName: string): Promise<pg.Client>;
  /** Writes a migration of one's own beside those of the case. */
  migration(name: string, sql: { readonly up: string; readonly down: string }): Promise<void>;
  /** Marks the database, opens the runtime as `npm start --yes` does, and closes it after the work. */
  withRuntime<T>(work: (runtime: Runtime) => Promise<T>, how?: { readonly answering?: boolean }): Promise<T>;
  /** Marks the database and runs every pending migration; the last run's end and report. */
  run(): Promise<{ readonly ends: readonly RunEnd[]; readonly report: Awaited<ReturnType<typeof reportOf>> }>;
};

const runSql = async (connection: pg.ClientConfig, sql: string) => {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const results: unknown = await client.query(sql);
    const last = (Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult;
    return last.rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
};

const runFile = async (connection: pg.ClientConfig, file: string) => {
  if (existsSync(file)) await runSql(connection, readFileSync(file, 'utf8') || 'SELECT');
};

/** A run leaves no database behind, whatever became of it. */
const refuseLeftBehind = async (maintenance: pg.ClientConfig, role: string) => {
  const left = await runSql(
    maintenance,
    `SELECT datname AS database, shobj_description(oid, 'pg_database') AS note FROM pg_database
     WHERE datdba = '${role}'::regrole`,
  );
  for (const { database } of left) await runSql(maintenance, `DROP DATABASE "${database}" WITH (FORCE)`);
  if (left.length > 0) throw new Error(`databases of ${role} were left behind: ${JSON.stringify(left)}`);
};

/** Makes role, database and project folder, hands them over, and takes everything away afterwards. */
export const withCase = async (
  name: string,
  { database: givenDatabase, role: givenRole, roleOptions = '', args = [] }: CaseOptions,
  work: (truthCase: TruthCase) => Promise<void>,
): Promise<void> => {
  const server = testServer();
  const suffix = randomBytes(4).toString('hex');
  const database = givenDatabase ?? `shop_${suffix}`;
  const role = givenRole ?? `shop_owner_${suffix}`;
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-case-'));
  await chmod(directory, 0o755);
  const migrations = path.join(directory, 'migrations');
  const source = path.join(casesFolder, name);
  if (existsSync(path.join(source, 'migrations')))
    await cp(path.join(source, 'migrations'), migrations, { recursive: true });
  const asSuperuser = { ...server, database };
  const asOwner = { ...server, user: role, password: 'case-only', database };
  const maintenance = { ...server, database: 'postgres' };
  const sessions: pg.Client[] = [];
  const url = `postgresql://${role}:case-only@${server.host}:${server.port}/${database}`;
  await runSql(maintenance, `CREATE ROLE ${role} LOGIN CREATEDB ${roleOptions} PASSWORD 'case-only'`);
  await runSql(maintenance, `CREATE DATABASE ${database} OWNER ${role}`);

  const openRuntime: TruthCase['withRuntime'] = async (body, { answering = true } = {}) => {
    const clock = { now: () => new Date() };
    await markStaging(createPlainServerPlatform({ url, clock, backupCopy: copyDatabase }), {
      by: 'ada@example.org',
      clock,
    });
    const sandbox = { directory, project: directory, stateDirectory: path.join(directory, 'state') };
    process.env['SHOP_URL'] = url;
    const options = parseOptions([
      ...['--migrations', migrations, '--monitor', '1s', '--port', '0', '--database-url', 'SHOP_URL'],
      ...args,
    ]);
    return withRuntime(sandbox, { options, answering }, body);
  };

  const truthCase: TruthCase = {
    directory,
    migrations,
    database,
    role,
    url,
    owner: (sql) => runSql(asOwner, sql),
    superuser: (sql) => runSql(asSuperuser, sql),
    session: async (applicationName) => {
      const client = new pg.Client({ ...asOwner, application_name: applicationName });
      client.on('error', () => undefined);
      await client.connect();
      sessions.push(client);
      return client;
    },
    migration: async (fileName, { up, down }) => {
      await mkdir(migrations, { recursive: true });
      const rollback = down.replace(/^/gm, '-- ');
      await writeFile(
        path.join(migrations, fileName),
        `-- Purpose: a case of the checklist's own tests.\n\n-- what the case is about\n${up}\n\n-- ROLLBACK\n${rollback}\n`,
      );
    },
    withRuntime: openRuntime,
    run: () =>
      openRuntime(async (runtime) => {
        const ends: RunEnd[] = [];
        for (const migration of await pendingMigrations(runtime, null)) ends.push(await startRun(runtime, migration));
        const last = ends.at(-1);
        if (!last) throw new Error(`case ${name} has no pending migration`);
        return { ends, report: await reportOf(runtime, last) };
      }),
  };
  try {
    await runFile(asSuperuser, path.join(source, 'super.sql'));
    await runFile(asOwner, path.join(source, 'setup.sql'));
    await work(truthCase);
  } finally {
    for (const client of sessions) await client.end().catch(() => undefined);
    await runSql(maintenance, `DROP DATABASE ${database} WITH (FORCE)`);
    await refuseLeftBehind(maintenance, role);
    await runSql(maintenance, `DROP ROLE ${role}`);
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
};
