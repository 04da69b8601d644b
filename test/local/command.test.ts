/** The command as a user types it: wrong use, bad migrations, bad databases. Each ends with one message and the right exit code. */
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Report } from '#domain/reports/report';
import { findBinaries } from '#local/postgres/binaries';
import { makePostgresHome } from '#local/postgres/home';
import { runAsForThisProcess } from '#local/postgres/run-as';
import { createCluster, startServer } from '#local/postgres/server';
import { type Sandbox, withSandbox } from '#test/support/local-run';
import { withClient } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a script of ours in the sandbox's project, whose `.local` is its own. */
const runScript = (script: string, { project }: Sandbox, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const tsx = require.resolve('tsx', { paths: [projectRoot] });
    const all = ['--import', `file://${tsx}`, path.join(projectRoot, script), ...args];
    execFile(process.execPath, all, { cwd: project, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    );
  });

const start = (sandbox: Sandbox, ...args: readonly string[]) =>
  runScript('commands/run/command.ts', sandbox, ['--yes', '--monitor', '1s', '--port', '0', ...args]);

const put = ({ project }: Sandbox, name: string, text: string) =>
  writeFileSync(path.join(project, 'migrations', name), text);

const only = (sandbox: Sandbox, name: string, text: string) => {
  rmSync(path.join(sandbox.project, 'migrations'), { recursive: true });
  mkdirSync(path.join(sandbox.project, 'migrations'));
  put(sandbox, name, text);
};

const good = '-- Purpose: a table\n\n-- rows\nCREATE TABLE t (id bigint);\n\n-- ROLLBACK\n--   DROP TABLE t;\n';

test.each([
  ['an unknown option', ['--nonsense'], '--nonsense'],
  ['a duration without a unit', ['--monitor', '5'], '--monitor is "5"'],
  ['a window of over two days', ['--monitor', '49h'], 'the longest window is 48h'],
  ['a port that is none', ['--port', 'http'], '--port is "http"'],
  ['an approver without an address', ['--approver', 'ada'], '--approver is "ada"'],
  ['two migrations', ['001_a.sql', '002_b.sql'], 'name one, or none for all'],
  ['a migration that is not there', ['009_nothing.sql'], 'there are: 001_create_jobs.sql, 002_create_core_schema.sql'],
  ['a folder that is not there', ['--migrations', 'nowhere'], 'nowhere'],
  ['a folder without migrations', ['--migrations', '.'], 'there is no migration in .; name the folder'],
])('%s is wrong use: exit code 2 and what to do', async (_, args, words) => {
  await withSandbox(async (sandbox) => {
    const ended = await start(sandbox, ...args);

    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(words);
  });
});

test('a port that is taken is named, before a database is started', async () => {
  await withSandbox(async (sandbox) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const ended = await start(sandbox, '--port', String(port));
    other.close();

    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`port ${port}`);
    expect(ended.stderr).toContain('--port');
  });
});

test.each([
  [
    'a syntax error',
    '001_a.sql',
    'CREATE TABLE t (\n  id bigint,,\n);\n-- ROLLBACK\n--   DROP TABLE t;\n',
    '001_a.sql:2:13',
  ],
  ['no rollback section', '001_a.sql', 'CREATE TABLE t (id bigint);\n', 'ROLLBACK'],
  [
    'prose in the rollback',
    '001_a.sql',
    'CREATE TABLE t (id bigint);\n-- ROLLBACK\n--   please drop the table\n',
    '001_a.sql:3',
  ],
  [
    'a COMMIT of its own',
    '001_a.sql',
    'CREATE TABLE t (id bigint);\nCOMMIT;\n-- ROLLBACK\n--   DROP TABLE t;\n',
    'COMMIT',
  ],
  ['a name out of form', 'create-jobs.sql', good, 'create-jobs.sql'],
])('%s is refused with file and place, and nothing was changed', async (_, name, text, words) => {
  await withSandbox(async (sandbox) => {
    only(sandbox, name, text);
    const ended = await start(sandbox);

    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(words);
    expect(ended.stdout).not.toContain('Step 8');
  });
});

test('checks that belong to no migration, and reports that cannot be put anywhere, are refused before anything starts', async () => {
  await withSandbox(async (sandbox) => {
    only(sandbox, '001_a.sql', good);
    const noFolder = await start(sandbox, '--out', 'migrations/001_a.sql/reports');
    put(sandbox, '001_b.checks.sql', '-- application: none, no backend yet\n');
    const stray = await start(sandbox);

    expect(noFolder.code).toBe(2);
    expect(noFolder.stderr).toContain('--out');
    expect(stray.code).toBe(2);
    expect(stray.stderr).toContain('001_b.checks.sql belongs to no migration');
  });
});

test('a rollback that does not bring the rows back is shown to the approver as a failed box', async () => {
  await withSandbox(async (sandbox) => {
    only(sandbox, '001_a.sql', good);
    put(
      sandbox,
      '001_a.sql',
      good.replace('CREATE TABLE t (id bigint);', 'CREATE TABLE t (id bigint);\n\n-- rows\nINSERT INTO t VALUES (1);'),
    );
    await start(sandbox);
    put(sandbox, '002_b.sql', '-- Purpose: empty it\n\n-- all rows\nDELETE FROM t;\n\n-- ROLLBACK\n--   SELECT 1;\n');
    const ended = await start(sandbox, '--out', 'out');
    const [report = ''] = readdirSync(path.join(sandbox.project, 'out')).filter((name) => name.startsWith('002'));
    const { boxes } = JSON.parse(
      readFileSync(path.join(sandbox.project, 'out', report, 'report.json'), 'utf8'),
    ) as Report;

    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(
      /002_b\.sql: demonstration, no sign-off: nobody looked \(--yes\)\n(?: {2}! .*\n)+ {2}61 boxes: \d+ failed, \d+ open, /,
    );
    expect(boxes.find(({ id }) => id === '13.2')).toMatchObject({
      answer: 'failed',
      reason: expect.stringContaining('public.t: 1 row became 0'),
    });
  });
});

test('an enum value that PostgreSQL cannot take back is applied when a person approves it, and the report says so', async () => {
  await withSandbox(async (sandbox) => {
    only(
      sandbox,
      '001_a.sql',
      "-- Purpose: moods\n\n-- how it is\nCREATE TYPE mood AS ENUM ('sad');\n\n-- ROLLBACK\n--   DROP TYPE mood;\n",
    );
    put(
      sandbox,
      '002_b.sql',
      "-- Purpose: one more\n\n-- better\nALTER TYPE mood ADD VALUE 'ok';\n\n-- ROLLBACK\n--   SELECT 1;\n",
    );
    const ended = await start(sandbox, '--out', 'out');
    const [report = ''] = readdirSync(path.join(sandbox.project, 'out')).filter((name) => name.startsWith('002'));
    const { boxes } = JSON.parse(
      readFileSync(path.join(sandbox.project, 'out', report, 'report.json'), 'utf8'),
    ) as Report;

    expect(ended).toMatchObject({ code: 0 });
    expect(boxes.find(({ id }) => id === '13.2')).toMatchObject({
      answer: 'failed',
      reason: expect.stringContaining('irreversible by design'),
    });
    expect(boxes.find(({ id }) => id === '13.3')).toMatchObject({ answer: 'open' });
  });
});

test('a version twice is refused', async () => {
  await withSandbox(async (sandbox) => {
    only(sandbox, '001_a.sql', good);
    put(sandbox, '001_b.sql', good.replaceAll(' t', ' u'));
    const ended = await start(sandbox);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('001_a.sql and 001_b.sql have the same version');
  });
});

test('once applied: again there is nothing to do; edited it is refused; a lower version comes too late', async () => {
  await withSandbox(async (sandbox) => {
    only(sandbox, '002_a.sql', good);
    const first = await start(sandbox);
    const again = await start(sandbox);
    put(sandbox, '001_late.sql', good.replaceAll(' t', ' u'));
    const late = await start(sandbox);
    rmSync(path.join(sandbox.project, 'migrations/001_late.sql'));
    put(sandbox, '002_a.sql', good.replace('bigint', 'text'));
    const edited = await start(sandbox);

    const [runId = ''] = readdirSync(path.join(sandbox.project, '.local/store/runs'));
    const [, printed = ''] = /verify: npm run verify-evidence -- (.*)/.exec(first.stdout) ?? [];
    const intact = await runScript('commands/verify-evidence/command.ts', sandbox, printed.split(' '));
    for (const name of [
      'run.json',
      'migration.sql',
      `../../backups/${runId}/backup.sql.gz`,
      'approvals/review.decision.json',
      'artifacts/baseline.json',
    ])
      appendFileSync(path.join(sandbox.project, '.local/store/runs', runId, name), ' ');
    const tampered = await runScript('commands/verify-evidence/command.ts', sandbox, [runId]);

    expect(first).toMatchObject({ code: 0 });
    expect(intact).toMatchObject({ code: 0 });
    expect(tampered.code).toBe(1);
    for (const name of ['run.json', 'migration.sql', 'backup.sql.gz', 'review.decision.json', 'baseline.json'])
      expect(tampered.stderr).toContain(name);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('Nothing to do');
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('001_late.sql was not applied');
    expect(edited.code).toBe(1);
    expect(edited.stderr).toContain('002_a.sql was edited after it was applied');
    // That it was applied, and the hash of its sign-off.
    expect(
      readFileSync(path.join(sandbox.project, '.local/documents/docs/decisions.md'), 'utf8').match(/### /g),
    ).toHaveLength(2);
  });
});

test('a migration that fails on the branch never reaches the target', async () => {
  await withSandbox(async (sandbox) => {
    only(
      sandbox,
      '001_a.sql',
      good.replace('CREATE TABLE t (id bigint);', 'CREATE TABLE t (id bigint REFERENCES nothing);'),
    );
    const ended = await start(sandbox);

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('relation "nothing" does not exist');
    expect(ended.stdout).toContain('Nothing was changed on the target');
    expect(ended.stdout).not.toContain('Step 8');
  });
});

test('a rollback that does not restore the schema stops the run before the apply', async () => {
  await withSandbox(async (sandbox) => {
    only(
      sandbox,
      '001_a.sql',
      good.replace(
        'CREATE TABLE t (id bigint);',
        'CREATE TABLE t (id bigint);\n-- more\nCREATE TABLE left_behind (id bigint);',
      ),
    );
    const ended = await start(sandbox);

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('left_behind');
    expect(ended.stdout).not.toContain('Step 8');
  });
});

const withServer = async <T>({ directory }: Sandbox, work: (url: string, port: number) => Promise<T>): Promise<T> => {
  const superuser = { user: 'owner', password: 'not-to-be-shown' };
  const home = await makePostgresHome(path.join(directory, 'server'), runAsForThisProcess());
  const binaries = await findBinaries(home);
  await createCluster(binaries, path.join(home, 'data'), superuser);
  const server = await startServer(binaries, path.join(home, 'data'), superuser, { fsync: 'off' });
  try {
    const { host, port } = server;
    const settings = { host, port, ...superuser, tls: false, pooled: false };
    await withClient({ ...settings, database: 'postgres' }, (client) => client.query('CREATE DATABASE shop'));
    return await work(`postgresql://${superuser.user}:${superuser.password}@${host}:${port}/shop`, port);
  } finally {
    await server.stop();
  }
};

test("a server of the user's: refused until a person has marked it, then signed off on scratch databases", async () => {
  await withSandbox((sandbox) =>
    withServer(sandbox, async (url) => {
      only(sandbox, '001_a.sql', good);
      const unmarked = await start(sandbox, '--database-url', url);
      const marked = await runScript('commands/mark-staging/command.ts', sandbox, [
        '--database-url',
        url,
        '--by',
        'ada@example.org',
      ]);
      const signedOff = await start(sandbox, '--database-url', url);

      expect(unmarked.code).toBe(1);
      expect(unmarked.stdout).not.toContain('TargetIsNotStaging');
      expect(unmarked.stdout).toContain('npm run mark-staging');
      expect(marked).toMatchObject({ code: 0 });
      expect(signedOff).toMatchObject({ code: 0 });
      for (const { stdout, stderr } of [unmarked, marked, signedOff])
        expect(stdout + stderr).not.toContain('not-to-be-shown');
    }),
  );
});

test('a server that does not answer, and a URL that is none, are named without the password', async () => {
  await withSandbox(async (sandbox) => {
    const away = await start(sandbox, '--database-url', 'postgresql://owner:not-to-be-shown@127.0.0.1:1/shop');
    const noUrl = await start(sandbox, '--database-url', 'owner:not-to-be-shown@shop');

    expect(away.code).toBe(1);
    expect(away.stderr).toContain('127.0.0.1:1');
    expect(noUrl.code).toBe(2);
    for (const { stdout, stderr } of [away, noUrl]) expect(stdout + stderr).not.toContain('not-to-be-shown');
  });
});
