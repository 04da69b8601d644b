import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { copyStopped } from '#local/neon-simulator/data-copy';
import { startNeonSimulator } from '#local/neon-simulator/simulator';
import { findBinaries } from '#local/postgres/binaries';
import { commandOf, startOf } from '#local/postgres/processes';
import { projectRoot } from '#test/support/project-root';
import { makeHome, query, sdkFor, until } from './neon-simulation';

// Each starts servers, some in a process of their own.
jest.setTimeout(60_000);

/** Another process with a simulator on the folder; resolves with the first line that it prints. */
const startChild = async (home: string, ending: 'waits' | 'dies while it branches' | 'exits') => {
  const script = path.join(__dirname, 'neon-restart-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, home, ending], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, reported: JSON.parse(line) as { readonly branchId: string | null } };
};

const ended = (child: ChildProcess) =>
  child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();

const foldersIn = async (home: string) =>
  (await readdir(path.join(home, 'branches'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Ids of the servers whose data lies below the folder. */
const serversOf = async (home: string) => {
  const found = await Promise.all(
    (await foldersIn(home)).map(async (name) => {
      const file = path.join(home, 'branches', name, 'postmaster.pid');
      const id = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
      return id && (await commandOf(id))?.includes(home) ? [id] : [];
    }),
  );
  return found.flat();
};

let template: Awaited<ReturnType<typeof makeHome>>;
let temporary: Awaited<ReturnType<typeof makeHome>>;

// One first start for all tests; each gets a copy of what it left.
beforeAll(async () => {
  template = await makeHome();
  await (await startNeonSimulator({ home: template.home })).close();
});

beforeEach(async () => {
  temporary = await makeHome();
  const { runAs } = await findBinaries(template.home);
  await copyStopped(path.join(template.home, 'branches'), path.join(temporary.home, 'branches'), runAs);
  await copyFile(path.join(template.home, 'records.json'), path.join(temporary.home, 'records.json'));
});

afterEach(() => temporary.remove());
afterAll(() => template.remove());

test('after kill -9 the next start ends what was left running, drops the half-made branch and brings the others back', async () => {
  const { child, reported } = await startChild(temporary.home, 'dies while it branches');
  await ended(child);
  const orphans = await serversOf(temporary.home);
  const records = JSON.parse(await readFile(path.join(temporary.home, 'records.json'), 'utf8'));
  const halfMade = records.branches.find((branch: { phase: string }) => branch.phase === 'creating');

  const simulator = await startNeonSimulator({ home: temporary.home });
  try {
    const { projectId, stagingBranchId } = simulator;
    const branches = await sdkFor(simulator).branches.list({ projectId }).all();
    const operations = await sdkFor(simulator).operations.list({ projectId }).all();

    expect(orphans).toHaveLength(2);
    expect(halfMade).toMatchObject({ name: 'half-made' });
    for (const orphan of orphans) expect(await commandOf(orphan)).toBeNull();
    expect(await serversOf(temporary.home)).toHaveLength(2);
    expect(branches.map(({ name }) => name).sort()).toEqual(['complete', 'main', 'staging']);
    expect((await foldersIn(temporary.home)).sort()).toEqual([reported.branchId, 'main', 'staging'].sort());
    expect(operations.find(({ branch_id }) => branch_id === halfMade.id)).toMatchObject({ status: 'failed' });
    expect(await query(simulator.connection(reported.branchId ?? ''), 'SELECT n FROM on_branch')).toEqual([{ n: 2 }]);
    expect(await query(simulator.connection(stagingBranchId), 'SELECT n FROM on_staging')).toEqual([{ n: 1 }]);
  } finally {
    await simulator.close();
  }
  expect(await serversOf(temporary.home)).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('after %s no server is left running', async (name) => {
  const { child } = await startChild(temporary.home, 'waits');
  const servers = await serversOf(temporary.home);

  child.kill(name);
  await ended(child);

  expect(servers).toHaveLength(1);
  expect(child.signalCode).toBe(name);
  await until(async () => (await serversOf(temporary.home)).length === 0);
});

test('after an ordinary exit no server is left running', async () => {
  const { child } = await startChild(temporary.home, 'exits');

  await ended(child);

  expect(child.exitCode).toBe(0);
  await until(async () => (await serversOf(temporary.home)).length === 0);
});

test('a second simulator on the same folder is refused while the first lives, and does it no harm', async () => {
  const first = await startNeonSimulator({ home: temporary.home });

  const second = await startNeonSimulator({ home: temporary.home }).catch((error: Error) => error.message);
  const rows = await query(first.connection(first.stagingBranchId), 'SELECT 1 AS one');
  await first.close();
  await first.close();
  const third = await startNeonSimulator({ home: temporary.home });
  await third.close();

  expect(second).toContain(`process ${process.pid} already runs the local platform on ${temporary.home}`);
  expect(rows).toEqual([{ one: 1 }]);
  expect([third.projectId, third.apiKey, third.stagingBranchId]).toEqual([
    first.projectId,
    first.apiKey,
    first.stagingBranchId,
  ]);
});

test('a folder whose holder is gone, its process id taken by another program, is free', async () => {
  const someoneElse = { processId: process.ppid, startedAt: `not ${await startOf(process.ppid)}` };
  await writeFile(path.join(temporary.home, 'simulator.pid'), JSON.stringify(someoneElse));

  const simulator = await startNeonSimulator({ home: temporary.home });
  await simulator.close();

  expect(await serversOf(temporary.home)).toEqual([]);
});

test('records that cannot be read stop the start with their place and the remedy', async () => {
  await writeFile(path.join(temporary.home, 'records.json'), '{ "format": 2 }');

  const failure = startNeonSimulator({ home: temporary.home });

  await expect(failure).rejects.toThrow(/records\.json cannot be read: it has format 2, expected 1; remove the folder/);
});

test('when staging does not start, the reason is reported and no other server stays', async () => {
  const { child } = await startChild(temporary.home, 'dies while it branches');
  await ended(child);
  await writeFile(path.join(temporary.home, 'branches', 'staging', 'pg_hba.conf'), 'nonsense\n');

  const failure = startNeonSimulator({ home: temporary.home });

  await expect(failure).rejects.toThrow(/PostgreSQL did not start in .*staging: .*pg_hba\.conf/s);
  expect(await serversOf(temporary.home)).toEqual([]);
  expect(await readdir(temporary.home)).not.toContain('simulator.pid');
});
