import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { raw } from '@neon/sdk';
import { giveTo, runAsForThisProcess } from '#local/postgres/binaries';
import { commandOf } from '#local/postgres/processes';
import { openSession, query, type Simulated, sdkFor, simulate, until } from './neon-simulation';

// Branches are made for real.
jest.setTimeout(60_000);

const clock = { offsetMs: 0, now: () => new Date(Date.now() + clock.offsetMs) };
let simulator: Simulated;

beforeAll(async () => {
  simulator = await simulate(clock);
});

afterAll(() => simulator.remove());

const projectId = () => simulator.projectId;

const makeBranch = (name: string, more: { noCompute?: true; parent_id?: string; expires_at?: string } = {}) => {
  const { noCompute, ...fields } = { parent_id: simulator.stagingBranchId, ...more };
  const request = { projectId: projectId(), name, ...fields };
  return sdkFor(simulator).branches.create(noCompute ? { ...request, noCompute } : request);
};

const deleteBranch = (branchId: string) =>
  sdkFor(simulator).branches.delete({ projectId: projectId(), branchId }, { waitForReadiness: true });

const settled = () =>
  until(async () => {
    const operations = await sdkFor(simulator).operations.list({ projectId: projectId() }).all();
    return operations.every(({ status }) => status !== 'running' && status !== 'scheduling');
  });

const isUp = (branchId: string) => {
  try {
    return simulator.connection(branchId) !== null;
  } catch {
    return false;
  }
};

const count = async (branchId: string, table: string) =>
  (await query(simulator.connection(branchId), `SELECT count(*)::int AS n FROM ${table}`))[0]?.['n'];

test('staging is an unprotected branch beside the default one and holds the database with its statistics', async () => {
  const neon = sdkFor(simulator);

  const branches = await neon.branches.list({ projectId: projectId() }).all();
  const endpoints = await neon.postgres.endpoints.list({ projectId: projectId() });
  const rows = await query(
    simulator.connection(simulator.stagingBranchId),
    'SELECT current_database() AS database, current_user AS role, count(*) > 0 AS counted FROM pg_stat_statements',
  );

  const facts = branches.map((each) => ({ name: each.name, default: each.default, protected: each.protected }));
  expect(facts).toEqual(
    expect.arrayContaining([
      { name: 'main', default: true, protected: false },
      { name: 'staging', default: false, protected: false },
    ]),
  );
  const stateOf = (name: string) =>
    endpoints.find((each) => each.branch_id === branches.find((branch) => branch.name === name)?.id)?.current_state;
  expect([stateOf('main'), stateOf('staging')]).toEqual(['idle', 'active']);
  expect(rows).toEqual([{ database: 'app', role: 'app_owner', counted: true }]);
});

test('a branch with compute has the data of its parent and keeps its own writes to itself', async () => {
  const staging = simulator.connection(simulator.stagingBranchId);
  await query(staging, 'CREATE TABLE shared (n int)', 'INSERT INTO shared SELECT generate_series(1, 100)');

  const branch = await makeBranch('with-compute');
  await query(
    simulator.connection(branch.id),
    'INSERT INTO shared SELECT generate_series(1, 11)',
    'CREATE TABLE own ()',
  );

  expect(await count(branch.id, 'shared')).toBe(111);
  expect(await count(simulator.stagingBranchId, 'shared')).toBe(100);
  expect(await query(staging, "SELECT to_regclass('own') AS own")).toEqual([{ own: null }]);
});

test('a branch made while its parent is written to, truncated and emptied is consistent', async () => {
  const staging = simulator.connection(simulator.stagingBranchId);
  const pairs = 'INSERT INTO pairs SELECT n, -n FROM generate_series(1, 2000) AS n';
  // On a busy machine the branch's moment may come before the first round below is committed.
  await query(staging, 'CREATE TABLE pairs (n int, twin int)', pairs);
  let isOver = false;
  const write = async () => {
    for (let round = 0; !isOver; round += 1)
      await query(
        staging,
        pairs,
        `CREATE TABLE passing_${round} AS SELECT n, repeat('x', 500) AS filling FROM generate_series(1, 2000) AS n`,
        'CHECKPOINT',
        `TRUNCATE passing_${round}`,
        `DROP TABLE passing_${round}`,
      );
  };

  const writing = write();
  const branch = await makeBranch('busy-parent').finally(() => {
    isOver = true;
  });
  await writing;

  const connection = simulator.connection(branch.id);
  const [sums] = await query(connection, 'SELECT count(*)::int AS n, sum(n + twin)::int AS zero FROM pairs');
  expect(sums).toEqual({ n: expect.any(Number), zero: 0 });
  expect(Number(sums?.['n']) % 2_000).toBe(0);
  expect(Number(sums?.['n'])).toBeGreaterThan(0);
});

test('a branch without compute has no process, and a branch made from it later has the data of that moment', async () => {
  const staging = simulator.connection(simulator.stagingBranchId);
  await query(staging, 'CREATE TABLE moments (n int)', 'INSERT INTO moments VALUES (1)');

  const point = await makeBranch('restore-point', { noCompute: true });
  await query(staging, 'INSERT INTO moments VALUES (2)');
  const later = await makeBranch('from-restore-point', { parent_id: point.id });

  expect(() => simulator.connection(point.id)).toThrow('no server runs');
  expect(await count(later.id, 'moments')).toBe(1);
  const neon = sdkFor(simulator);
  expect(await neon.postgres.endpoints.listByBranch({ projectId: projectId(), branchId: point.id })).toEqual([]);
  const asked = neon.postgres.connectionString({
    projectId: projectId(),
    branchId: point.id,
    databaseName: 'app',
    roleName: 'app_owner',
  });
  await expect(asked).rejects.toMatchObject({ kind: 'not_found' });
});

test('a restore brings back the data of the source, keeps what was there under the given name, and ends open sessions', async () => {
  const neon = sdkFor(simulator);
  const branch = await makeBranch('to-restore');
  await query(simulator.connection(branch.id), 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (1)');
  const point = await makeBranch('before', { parent_id: branch.id, noCompute: true });
  await query(simulator.connection(branch.id), 'DROP TABLE kept');
  const { ended } = await openSession(simulator.connection(branch.id));

  const request = { projectId: projectId(), branchId: branch.id };
  const unnamed = neon.branches.resetFromParent(request);
  await expect(unnamed).rejects.toMatchObject({ status: 422, message: expect.stringMatching(/preserve_under_name/) });
  const body = { source_branch_id: point.id, preserve_under_name: 'as-it-was' };
  const path = { project_id: projectId(), branch_id: branch.id };
  const restored = await raw.restoreProjectBranch({ client: neon.client, path, body, throwOnError: true });
  await neon.operations.waitFor({ operations: restored.operations });

  expect(await ended).toMatchObject({ code: '57P01' });
  expect(await count(branch.id, 'kept')).toBe(1);
  const after = await neon.branches.list({ projectId: projectId() }).all();
  const kept = after.find((each) => each.name === 'as-it-was');
  expect(after.find((each) => each.id === point.id)?.parent_id).toBe(kept?.id);
  expect(after.find((each) => each.id === branch.id)).toMatchObject({ parent_id: point.id, current_state: 'ready' });
});

test('deleting a branch ends its sessions and leaves neither process nor data', async () => {
  const branch = await makeBranch('to-delete');
  const { session, ended } = await openSession(simulator.connection(branch.id));
  const folder = path.join(simulator.home, 'branches');
  const { rows } = await session.query("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS id");

  await deleteBranch(branch.id);

  expect(await ended).toMatchObject({ code: '57P01' });
  expect(await commandOf(rows[0].id)).toBeNull();
  expect((await readdir(folder)).filter((name) => name.startsWith(branch.id))).toEqual([]);
  await expect(deleteBranch(branch.id)).resolves.toBeUndefined();
});

test('the default branch, staging and a branch with children are not deleted', async () => {
  const branches = await sdkFor(simulator).branches.list({ projectId: projectId() }).all();
  const main = branches.find((each) => each.default);
  const parent = await makeBranch('a-parent', { noCompute: true });
  await makeBranch('a-child', { noCompute: true, parent_id: parent.id });

  const refusals = [main?.id ?? '', simulator.stagingBranchId, parent.id].map((id) =>
    deleteBranch(id).catch((error: unknown) => error),
  );

  expect(await Promise.all(refusals)).toMatchObject([
    { status: 422, message: 'cannot delete the default branch' },
    { status: 422, message: expect.stringContaining('cannot delete the staging branch') },
    { status: 422, message: 'cannot delete branch that has children' },
  ]);
});

test('while an operation runs another one is refused with 423, and a client that repeats gets through', async () => {
  const create = (name: string, retries: number) =>
    sdkFor(simulator, retries).branches.create(
      { projectId: projectId(), name, parent_id: simulator.stagingBranchId, noCompute: true },
      { waitForReadiness: false },
    );

  const one = await create('first-of-two', 0);
  const refused = await create('impatient', 0).catch((error: unknown) => error);
  const two = await create('patient', 10);
  await settled();

  expect(refused).toMatchObject({ status: 423, message: expect.stringContaining('conflicting operations') });
  expect([one.name, two.name]).toEqual(['first-of-two', 'patient']);
});

test.each([
  ['a wrong key', '/branches', { key: 'wrong' }, 401],
  ['an unknown branch', '/branches/br-none', {}, 404],
  ['an unknown operation', '/operations/none', {}, 404],
  ['a route that is not served', '/jwks', {}, 404],
  ['a name that is taken', '/branches', { body: { branch: { name: 'staging' } } }, 409],
  ['an expiry in the past', '/branches', { body: { branch: { expires_at: '2020-01-01T00:00:00Z' } } }, 400],
  ['an expiry that is no time', '/branches', { body: { branch: { expires_at: 'soon' } } }, 400],
  ['a state of the past', '/branches', { body: { branch: { parent_lsn: '0/1' } } }, 422],
  ['a schema-only branch', '/branches', { body: { branch: { init_source: 'schema-only' } } }, 422],
  ['a body that is no object', '/branches', { body: [] }, 400],
  ['another database', '/connection_uri?database_name=x&role_name=app_owner', {}, 404],
])('%s is refused in the form of Neon', async (_, route, { key, body }: { key?: string; body?: unknown }, status) => {
  // While an operation is under way every change is answered with 423.
  await settled();
  const answer = await fetch(`${simulator.baseUrl}/projects/${projectId()}${route}`, {
    headers: { authorization: `Bearer ${key ?? simulator.apiKey}` },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });

  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({
    request_id: expect.any(String),
    code: expect.any(String),
    message: expect.any(String),
  });
});

test('a branch is deleted when its time is over, by the clock of the simulator', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const branch = await makeBranch('short-lived', { noCompute: true, expires_at: inAnHour });
  const isThere = async () => {
    const all = await sdkFor(simulator).branches.list({ projectId: projectId() }).all();
    return all.some((each) => each.id === branch.id);
  };

  const before = await isThere();
  clock.offsetMs = 3_601_000;
  await until(async () => !(await isThere()));
  clock.offsetMs = 0;
  await settled();

  expect(before).toBe(true);
  expect(await isThere()).toBe(false);
});

test('a server that died is started again when its address is asked for', async () => {
  const branch = await makeBranch('to-die');
  await query(simulator.connection(branch.id), 'CREATE TABLE survivor ()');
  const read = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS id";
  const [server] = await query(simulator.connection(branch.id), read);
  const { ended } = await openSession(simulator.connection(branch.id));
  process.kill(Number(server?.['id']), 'SIGKILL');
  await ended;
  await until(() => !isUp(branch.id));

  const uri = await sdkFor(simulator).postgres.connectionString({
    projectId: projectId(),
    branchId: branch.id,
    databaseName: 'app',
    roleName: 'app_owner',
    pooled: false,
  });

  expect(uri).toContain(String(simulator.connection(branch.id).port));
  expect(await count(branch.id, 'survivor')).toBe(0);
});

test('a branch that cannot be completed fails its operation in words and leaves nothing behind', async () => {
  const parent = await makeBranch('with-tablespace');
  const outside = path.join(simulator.home, 'outside');
  await mkdir(outside);
  await giveTo(runAsForThisProcess(), outside);
  await query(simulator.connection(parent.id), `CREATE TABLESPACE elsewhere LOCATION '${outside}'`);

  const failure = await makeBranch('impossible', { parent_id: parent.id }).catch((error: unknown) => error);

  expect(failure).toMatchObject({ kind: 'operation', message: expect.stringContaining('tablespace') });
  const all = await sdkFor(simulator).branches.list({ projectId: projectId() }).all();
  expect(all.map(({ name }) => name)).not.toContain('impossible');
  const known = new Set(['main', 'staging', ...all.map(({ id }) => id)]);
  const folders = (await readdir(path.join(simulator.home, 'branches'), { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.filter(({ name }) => !known.has(name.replace(/^(br-\w+)-.*/, '$1')))).toEqual([]);
});
