import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findBinaries, type PostgresBinaries } from '#local/postgres/binaries';
import { adviceFor } from '#local/postgres/failure-advice';
import { makePostgresHome } from '#local/postgres/home';
import { commandOf } from '#local/postgres/processes';
import { createCluster, startServer } from '#local/postgres/server';
import { projectRoot } from '#test/support/project-root';
import { query } from './neon-simulation';

// initdb and the start of servers.
jest.setTimeout(60_000);

const superuser = { user: 'owner', password: 'test-only' };
let folder: string;
let home: string;
let binaries: PostgresBinaries;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-cluster-'));
  await chmod(folder, 0o755);
  binaries = await findBinaries(folder);
  home = await makePostgresHome(path.join(folder, 'a home'), binaries.runAs);
  await createCluster(binaries, path.join(home, 'data'), superuser);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const data = () => path.join(home, 'data');

const postmasterId = async () => Number((await readFile(path.join(data(), 'postmaster.pid'), 'utf8')).split('\n')[0]);

test('a folder with something in it is refused and keeps what it holds', async () => {
  const directory = path.join(home, 'occupied');
  await mkdir(directory);
  await writeFile(path.join(directory, 'letter'), 'kept');

  const failure = createCluster(binaries, directory, superuser);

  await expect(failure).rejects.toThrow(/could not create its data directory .*occupied: .*exists but is not empty/s);
  expect(await readFile(path.join(directory, 'letter'), 'utf8')).toBe('kept');
  expect((await readdir(home)).filter((name) => name.endsWith('.password'))).toEqual([]);
});

test('when initdb fails, what it made is removed and its message is reported without the password', async () => {
  const directory = path.join(home, 'impossible');

  const failure = await createCluster(binaries, directory, { ...superuser, user: 'pg_owner' }).catch(
    (error: Error) => error,
  );

  expect(String(failure)).toContain('superuser name "pg_owner" is disallowed');
  expect(String(failure)).not.toContain(superuser.password);
  expect((await readdir(home)).filter((name) => name.startsWith('impossible'))).toEqual([]);
});

test('a server that cannot start reports the end of its log, and leaves no process', async () => {
  const failure = startServer(binaries, data(), superuser, { shared_buffers: 'plenty' });

  await expect(failure).rejects.toThrow(/did not start in .*: .*invalid value for parameter "shared_buffers"/s);
  expect(await readdir(data())).not.toContain('postmaster.pid');
});

test('a wrong password is reported at once, and the server does not stay', async () => {
  const failure = startServer(binaries, data(), { ...superuser, password: 'wrong' });

  await expect(failure).rejects.toThrow(/did not start in .*: .*password authentication failed/s);
  expect(await readdir(data())).not.toContain('postmaster.pid');
});

test('a server whose parent was killed is ended by the next start, which finds the data', async () => {
  const script = `
    const { startServer } = require('./local/postgres/server');
    const { findBinaries } = require('./local/postgres/binaries');
    const [home, data] = process.argv.slice(-2);
    findBinaries(home)
      .then((binaries) => startServer(binaries, data, ${JSON.stringify(superuser)}))
      .then(({ port, processId }) => console.log(JSON.stringify({ port, processId })));
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script, home, data()], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port, processId } = JSON.parse(line) as { readonly port: number; readonly processId: number };
  const connection = { host: '127.0.0.1', ...superuser, database: 'postgres', tls: false, pooled: false };
  await query({ ...connection, port }, 'CREATE TABLE kept AS SELECT 1 AS n');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const orphan = await commandOf(processId);

  const server = await startServer(binaries, data(), superuser, { fsync: 'off' });
  const rows = await query({ ...connection, port: server.port }, 'SELECT n FROM kept');
  await server.stop();

  expect(orphan).toContain(data());
  expect(await commandOf(processId)).toBeNull();
  expect(server.processId).not.toBe(processId);
  expect(rows).toEqual([{ n: 1 }]);
});

test('a process id that another program has by now neither hinders the start nor harms that program', async () => {
  // As the user that PostgreSQL runs as: the one case in which it would take the program for a server.
  const bystander = spawn('sleep', ['600'], { ...binaries.runAs, stdio: 'ignore' });
  await once(bystander, 'spawn');
  await writeFile(path.join(data(), 'postmaster.pid'), `${bystander.pid}\n${data()}\n1\n5432\n\n\n0 0\nready\n`);

  const server = await startServer(binaries, data(), superuser, { fsync: 'off' });
  const startedAs = await postmasterId();
  await server.stop();
  const isUnharmed = bystander.exitCode === null && bystander.signalCode === null;
  bystander.kill();

  expect(startedAs).toBe(server.processId);
  expect(isUnharmed).toBe(true);
});

test('a server that ends by itself says so, and stopping it then is no error', async () => {
  const server = await startServer(binaries, data(), superuser, { fsync: 'off' });

  process.kill(server.processId, 'SIGINT');
  await server.exited;
  await server.stop();
  await server.stop();

  expect(await commandOf(server.processId)).toBeNull();
});

test.each([
  ['initdb: error: could not write to file "base/1/1255": No space left on device', 'free some space'],
  ["ENOSPC: no space left on device, write '/x'", 'free some space'],
  ['could not create directory "x": Permission denied', 'belongs to another user'],
  ['could not access directory "x": Read-only file system', 'read-only'],
  ['could not look up effective user ID 65534: user does not exist', 'start as an ordinary user'],
])('%s: the remedy is given', (words, remedy) => {
  expect(adviceFor(words)).toMatch(new RegExp(`^; .*${remedy}`));
});

test('words that say nothing we know get no remedy', () => {
  expect(adviceFor('something else')).toBe('');
});
