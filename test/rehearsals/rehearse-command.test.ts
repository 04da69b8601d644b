/** The command as a user types it, on the server that it makes for itself. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RehearsalResult } from '#local/rehearsal/result';
import { projectRoot } from '#test/support/project-root';
import { rehearse } from './rehearse-arrangements';

const withFolder = async <T>(texts: Readonly<Record<string, string>>, work: (folder: string) => Promise<T>) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-test-'));
  try {
    await chmod(folder, 0o755);
    for (const [name, text] of Object.entries(texts)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const start = (...args: readonly string[]) => {
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const child = spawn(
    process.execPath,
    ['--import', tsx, path.join(projectRoot, 'commands/rehearse/command.ts'), ...args],
    {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended: ended.then((code) => ({ code, out, err })) };
};

const run = (...args: readonly string[]) => start(...args).ended;

const leftBy = async (processId: number | undefined) =>
  (await Promise.all([...new Set(['/dev/shm', tmpdir()])].map((folder) => readdir(folder).catch(() => []))))
    .flat()
    .filter((name) => name.startsWith(`migration-checklist-rehearsal-${processId}-`));

const linesOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RehearsalResult);

const up = 'CREATE TABLE a (id int PRIMARY KEY);';
const down = 'DROP TABLE a;';

const forms: readonly (readonly [form: string, texts: Readonly<Record<string, string>>, rollback: string])[] = [
  ['migration-checklist', { '1_a.sql': `${up}\n-- ROLLBACK\n-- ${down}\n` }, 'exact'],
  ['*.up.sql and *.down.sql', { '1_a.up.sql': up, '1_a.down.sql': down }, 'exact'],
  ['<name>/up.sql and down.sql', { '1_a/up.sql': up, '1_a/down.sql': down }, 'exact'],
  ['goose', { '1_a.sql': `-- +goose Up\n${up}\n-- +goose Down\n${down}\n` }, 'exact'],
  ['sql-migrate', { '1_a.sql': `-- +migrate Up\n${up}\n-- +migrate Down\n${down}\n` }, 'exact'],
  ['dbmate', { '1_a.sql': `-- migrate:up\n${up}\n-- migrate:down\n${down}\n` }, 'exact'],
  ['Flyway', { 'V1__a.sql': up, 'U1__a.sql': down }, 'exact'],
  ['Prisma', { '1_a/migration.sql': up }, 'missing'],
  ['node-pg-migrate', { '1_a.sql': `-- Up Migration\n${up}\n-- Down Migration\n${down}\n` }, 'exact'],
  ['graphile-migrate', { 'committed/000001.sql': `--! Previous: -\n--! Hash: sha1:0\n\n${up}` }, 'missing'],
  [
    'Drizzle',
    { 'meta/_journal.json': '{"entries":[{"idx":0,"when":1,"tag":"0000_a","breakpoints":true}]}', '0000_a.sql': up },
    'missing',
  ],
  ['sqlx', { '1_a.sql': `-- no-transaction\n${up}` }, 'missing'],
  ['numbered with a hyphen', { '0001-a.sql': up }, 'missing'],
  ['folders of versions', { 'v1/1_a.up.sql': up, 'v1/1_a.down.sql': down }, 'exact'],
];

test.each(forms)('a folder in the form %s is rehearsed', async (_, texts, rollback) => {
  const { results } = await rehearse(texts);

  expect(results).toMatchObject([{ up: 'ok', rollback, statements: 1, differences: [], error: null }]);
});

test(
  'with --json standard output has a line per migration, and the form is said beside it',
  () =>
    withFolder({ '1_a.sql': `-- +goose Up\n${up}\n-- +goose Down\n${down}\n`, 'a/b/2.SQL': up }, async (folder) => {
      const { code, out, err } = await run(folder, '--json');

      expect(linesOf(out)).toMatchObject([{ migration: '1_a', up: 'ok', rollback: 'exact', differences: [] }]);
      expect(err).toContain('1 migration in the form goose');
      expect(err).toContain('note: a/b/: deeper than one folder, so what is in there is not run');
      expect(code).toBe(0);
    }),
  30_000,
);

test(
  'a migration about roles goes up and back on the server that is ours, and nothing is left of it',
  () =>
    withFolder(
      {
        '1_a.up.sql': `${up} CREATE ROLE reader; GRANT SELECT ON a TO reader;`,
        '1_a.down.sql': `${down} DROP ROLE reader;`,
        '2_b.up.sql': 'CREATE VIEW v AS SELECT 1 AS x;',
        '2_b.down.sql': 'DROP VIEW w;',
      },
      async (folder) => {
        const { child, ended } = start(folder);
        const { code, out } = await ended;

        expect(out).toMatch(/✓ 1_a +ok +exact/);
        expect(out).toContain("note: 1_a.up.sql:1: CREATE ROLE reaches the server's roles");
        expect(out).toMatch(/✗ 2_b +ok +fails/);
        expect(out).toMatch(/✗ 2 migrations in .*: rollback 1 exact, 1 fails\n$/);
        expect(code).toBe(1);
        expect(await leftBy(child.pid)).toEqual([]);
      },
    ),
  30_000,
);

test(
  'Ctrl-C in the middle of a migration ends the command, its server and its files, and is not the fault of the migration',
  () =>
    withFolder({ '1_a.up.sql': up, '1_a.down.sql': down, '2_b.up.sql': 'SELECT pg_sleep(600);' }, async (folder) => {
      const { child, ended } = start(folder, '--json');
      // The first line is out: the second migration is under way.
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const meanwhile = await leftBy(child.pid);
      child.kill('SIGINT');
      const { code, out, err } = await ended;

      expect(meanwhile).toHaveLength(1);
      expect(linesOf(out).map(({ migration }) => migration)).toEqual(['1_a']);
      expect(code).toBe(130);
      expect(err).toContain('stopped; nothing is left behind');
      expect(await leftBy(child.pid)).toEqual([]);
    }),
  30_000,
);

test(
  'a reader that goes away, as head does, ends the command like Ctrl-C',
  () =>
    withFolder({ '1_a.up.sql': up, '2_b.up.sql': 'SELECT 1', '3_c.up.sql': 'SELECT pg_sleep(600)' }, async (folder) => {
      const { child, ended } = start(folder, '--json');
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.stdout.destroy();
      const { code, err } = await ended;

      expect(err).toContain('stopped; nothing is left behind');
      expect(code).toBe(143);
      expect(await leftBy(child.pid)).toEqual([]);
    }),
  30_000,
);

test('wrong use ends with 2 and says what to do', async () => {
  const mixed = { '1_a.up.sql': up, '2_b.sql': `-- +goose Up\n${up}` };
  const ends = await Promise.all([
    run(),
    run('does-not-exist'),
    withFolder(mixed, (folder) => run(folder)),
    withFolder({ '1_a.up.sql': up }, (folder) => run(folder, '--database-url', 'mysql://x:secret@h/d')),
    withFolder({ '1_a.up.sql': up }, async (folder) => {
      await symlink('nowhere', path.join(folder, '2_b.up.sql'));
      return run(folder);
    }),
  ]);

  expect(ends.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  expect(ends[1]?.err).toContain('does-not-exist does not exist');
  expect(ends[2]?.err).toContain('in 2 forms');
  expect(ends[3]?.err).not.toContain('secret');
  expect(ends[4]?.err).toMatch(/2_b\.up\.sql leads to a file that does not exist; expected a file that you may read/);
}, 30_000);

test('--help says what there is', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('--keep-going') });
}, 30_000);
