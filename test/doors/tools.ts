/** Migration tools as their users call them, and folders as they want them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { projectRoot } from '#test/support/project-root';

const home = path.join(projectRoot, 'test/doors/tools');

export type Files = Readonly<Record<string, string>>;

type Call = { readonly directory: string; readonly connection: ConnectionSettings };

export type Tool = {
  readonly name: string;
  /** False where it has to be installed by hand, as sql-migrate from Debian. */
  readonly isInstalled: boolean;
  /** The files of a folder with the first so many of three migrations. */
  files(count: number): Files;
  /** Applies what is pending; gives what it printed. */
  up(call: Call): Promise<string>;
  /** What `up` prints when there is nothing to do. */
  readonly nothing: RegExp;
  readonly schema: string;
  readonly table: string;
  /** Columns in which two rows of the same migration cannot be equal: moments and counters. */
  readonly differing: readonly string[];
};

const run = async (program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) => {
  const { stdout, stderr } = await promisify(execFile)(program, [...args], { cwd, env: { ...process.env, ...env } });
  return `${stdout}${stderr}`;
};

const urlOf = ({ host, port, user, password, database }: ConnectionSettings, more = '') =>
  `postgres://${user}:${password}@${host}:${port}/${database}${more}`;

const binary = (name: string) => path.join(home, 'node_modules/.bin', name);

/** Three migrations: what goes forward, and what goes back. */
const migrations: readonly (readonly [name: string, up: string, down: string])[] = [
  ['users', 'CREATE TABLE users (id int);', 'DROP TABLE users;'],
  ['names', 'ALTER TABLE users ADD COLUMN name text;', 'ALTER TABLE users DROP COLUMN name;'],
  ['notes', 'CREATE TABLE notes (id int, body text);', 'DROP TABLE notes;'],
];

const eachOf = (count: number, fileOf: (number: number, name: string, up: string, down: string) => Files): Files =>
  Object.assign({}, ...migrations.slice(0, count).map(([name, up, down], at) => fileOf(at + 1, name, up, down)));

export const write = async (directory: string, files: Files): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
};

const dbmate: Tool = {
  name: 'dbmate',
  isInstalled: true,
  files: (count) =>
    eachOf(count, (number, name, up, down) => ({
      [`00${number}_${name}.sql`]: `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`,
    })),
  up: ({ directory, connection }) =>
    run(
      binary('dbmate'),
      ['--url', urlOf(connection, '?sslmode=disable'), '--migrations-dir', directory, '--no-dump-schema', 'migrate'],
      directory,
    ),
  nothing: /^$/,
  schema: 'public',
  table: 'schema_migrations',
  differing: [],
};

const nodePgMigrate: Tool = {
  name: 'node-pg-migrate',
  isInstalled: true,
  files: (count) =>
    eachOf(count, (number, name, up, down) => ({
      [`170000000000${number}_${name}.sql`]: `-- Up Migration\n${up}\n\n-- Down Migration\n${down}\n`,
    })),
  up: ({ directory, connection }) =>
    run(binary('node-pg-migrate'), ['up', '-m', directory], directory, { DATABASE_URL: urlOf(connection) }),
  nothing: /No migrations to run/,
  schema: 'public',
  table: 'pgmigrations',
  differing: ['run_on'],
};

const drizzleProgram = `
import pg from 'pg';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
const count = async () => (await client.query("SELECT count(*) FROM pg_class WHERE relname = '__drizzle_migrations'")).rows[0].count === '0'
  ? 0 : Number((await client.query('SELECT count(*) FROM drizzle.__drizzle_migrations')).rows[0].count);
const before = await count();
await migrate(drizzle(client), { migrationsFolder: process.env.FOLDER });
console.log('applied', await count() - before);
await client.end();`;

const drizzle: Tool = {
  name: 'Drizzle',
  isInstalled: true,
  files: (count) => ({
    ...eachOf(count, (number, name, up) => ({
      [`000${number}_${name}.sql`]: `${up}\n--> statement-breakpoint\nSELECT ${number};\n`,
    })),
    'meta/_journal.json': JSON.stringify({
      version: '7',
      dialect: 'postgresql',
      entries: migrations.slice(0, count).map(([name], at) => ({
        idx: at,
        version: '7',
        when: 1_700_000_000_000 + at,
        tag: `000${at + 1}_${name}`,
        breakpoints: true,
      })),
    }),
  }),
  up: ({ directory, connection }) =>
    run('node', ['--input-type=module', '-e', drizzleProgram], home, {
      DATABASE_URL: urlOf(connection),
      FOLDER: directory,
    }),
  nothing: /applied 0/,
  schema: 'drizzle',
  table: '__drizzle_migrations',
  differing: ['id'],
};

const prisma: Tool = {
  name: 'Prisma',
  isInstalled: true,
  files: (count) => ({
    'migration_lock.toml': 'provider = "postgresql"\n',
    ...eachOf(count, (number, name, up) => ({
      [`2024010${number}000000_${name}/migration.sql`]: `-- ${name}\n${up}\n`,
    })),
  }),
  up: ({ directory, connection }) =>
    run('node', [path.join(projectRoot, 'test/doors/prisma-program.mjs')], home, {
      DATABASE_URL: urlOf(connection),
      FOLDER: directory,
    }),
  // What `migrate status` looks at finds no difference, and what `migrate deploy` calls applies none.
  nothing: /^\{"history":null,"edited":\[\],"failed":\[\],"applied":\[\]\}$/m,
  schema: 'public',
  table: '_prisma_migrations',
  differing: ['id', 'started_at', 'finished_at'],
};

const graphileHash = (previous: string | null, body: string) =>
  `sha1:${createHash('sha1')
    .update(`${`${previous ?? ''}\n${body.trim()}`.trim()}\n`)
    .digest('hex')}`;

const graphileFiles = (count: number): Files => {
  let previous: string | null = null;
  return eachOf(count, (number, name, up) => {
    const hash: string = graphileHash(previous, up);
    const text = `--! Previous: ${previous ?? '-'}\n--! Hash: ${hash}\n--! Message: ${name}\n\n${up}\n`;
    previous = hash;
    return { [`committed/00000${number}-${name}.sql`]: text };
  });
};

const graphileMigrate: Tool = {
  name: 'graphile-migrate',
  isInstalled: true,
  files: graphileFiles,
  up: async ({ directory, connection }) => {
    await write(path.join(directory, '..'), {
      'gmrc.json': JSON.stringify({ connectionString: urlOf(connection), migrationsFolder: directory }),
    });
    return run(
      binary('graphile-migrate'),
      ['migrate', '--config', path.join(directory, '../gmrc.json')],
      path.join(directory, '..'),
    );
  },
  nothing: /up to date/i,
  schema: 'graphile_migrate',
  table: 'migrations',
  differing: ['date'],
};

const sqlMigrate: Tool = {
  name: 'sql-migrate',
  isInstalled: existsSync('/usr/bin/sql-migrate'),
  files: (count) =>
    eachOf(count, (number, name, up, down) => ({
      [`${number}_${name}.sql`]: `-- +migrate Up\n${up}\n-- +migrate Down\n${down}\n`,
    })),
  up: async ({ directory, connection: { host, port, user, password, database } }) => {
    const source = `host=${host} port=${port} user=${user} password=${password} dbname=${database} sslmode=disable`;
    const config = path.join(directory, '../dbconfig.yml');
    await writeFile(config, `it:\n  dialect: postgres\n  datasource: ${source}\n  dir: ${directory}\n`);
    return run('/usr/bin/sql-migrate', ['up', `-config=${config}`, '-env=it'], directory);
  },
  nothing: /Applied 0 migrations/,
  schema: 'public',
  table: 'gorp_migrations',
  differing: ['applied_at'],
};

export const tools: readonly Tool[] = [dbmate, nodePgMigrate, drizzle, prisma, graphileMigrate, sqlMigrate];
