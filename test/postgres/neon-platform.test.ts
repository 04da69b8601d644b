import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { createNeonPlatform, type NeonPlatformOptions } from '#adapters/neon/neon-platform';
import { StoreFailed } from '#domain/errors';
import { query, type Simulated, sdkFor, simulate } from './neon-simulation';

// Branches are made for real.
jest.setTimeout(60_000);

const systemClock = { now: () => new Date() };
const inAnHour = () => new Date(Date.now() + 3_600_000);

let simulator: Simulated;

beforeAll(async () => {
  simulator = await simulate();
});

afterAll(() => simulator.remove());

const platformWith = (own: Partial<NeonPlatformOptions> = {}) => {
  const { apiKey, baseUrl, projectId, stagingBranchId: branchId, database, role } = simulator;
  const configured = { apiKey: async () => apiKey, baseUrl, projectId, branchId, database, role };
  return createNeonPlatform({ ...configured, clock: systemClock, pollIntervalMs: 20, ...own });
};

const branchNames = async () => {
  const branches = await sdkFor(simulator).branches.list({ projectId: simulator.projectId }).all();
  return branches.map(({ name }) => name);
};

type Meddling = 'lose the request' | 'lose the answer' | 'pass';

/** A relay before the simulator that meddles with requests; `seen` are their methods and paths. */
const throughRelay = async <T>(
  meddle: (request: IncomingMessage, seen: readonly string[]) => Meddling,
  work: (baseUrl: string, seen: readonly string[]) => Promise<T>,
): Promise<T> => {
  const { port, pathname } = new URL(simulator.baseUrl);
  const seen: string[] = [];
  const relay = createServer((request, response) => {
    const meddling = meddle(request, seen);
    seen.push(`${request.method} ${request.url?.replace(pathname, '').replace(/\/projects\/[^/]+/, '')}`);
    if (meddling === 'lose the request') return request.socket.destroy();
    const { method, url, headers } = request;
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      if (meddling === 'lose the answer') return request.socket.destroy();
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      return answer.pipe(response);
    });
    return request.pipe(onward);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  try {
    const relayPort = typeof address === 'object' ? address?.port : 0;
    return await work(`http://127.0.0.1:${relayPort}${pathname}`, seen);
  } finally {
    relay.close();
    relay.closeAllConnections();
  }
};

test('the target is described by the records of the platform', async () => {
  const { projectId, stagingBranchId: branchId } = simulator;

  const target = await platformWith().describeTarget();

  expect(target).toEqual({
    platform: 'neon',
    projectId,
    branchId,
    branchName: 'staging',
    database: 'app',
    isDefault: false,
    isProtected: false,
    storageLimitBytes: expect.any(Number),
  });
  expect(target.storageLimitBytes).toBeGreaterThan(0);
});

test('the default branch is described as what it is', async () => {
  const branches = await sdkFor(simulator).branches.list({ projectId: simulator.projectId }).all();
  const branchId = branches.find((branch) => branch.default)?.id ?? '';

  const target = await platformWith({ branchId }).describeTarget();

  expect(target).toMatchObject({ branchName: 'main', isDefault: true });
});

test('a database that the target does not have is named, with those it has', async () => {
  const failure = platformWith({ database: 'shop' }).describeTarget();

  await expect(failure).rejects.toMatchObject({
    name: 'PlatformFailed',
    message: expect.stringMatching(/no database "shop", only app/),
  });
});

test('a branch is ready to use when it is returned, and writes to it do not reach the target', async () => {
  const platform = platformWith();
  await query(await platform.connection({ branchId: 'target' }), 'CREATE TABLE ready (n int)');
  const expiresAt = new Date('2100-01-01T00:00:00.400Z');

  const branch = await platform.createBranch({ name: 'rehearsal', expiresAt, compute: true });
  const onBranch = await platform.connection({ branchId: branch.branchId });
  await query(onBranch, 'INSERT INTO ready VALUES (1)');

  expect(branch).toEqual({
    branchId: expect.stringMatching(/^br-/),
    name: 'rehearsal',
    createdAt: expect.any(String),
    expiresAt: '2100-01-01T00:00:01Z',
    isRestorable: true,
    server: 'own machine',
    parentLsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
  });
  expect(await query(onBranch, 'SELECT n FROM ready')).toEqual([{ n: 1 }]);
  expect(await query(await platform.connection({ branchId: 'target' }), 'SELECT n FROM ready')).toEqual([]);
});

test('creating a branch of the same name again returns the same branch, also one that is still being made', async () => {
  const platform = platformWith();
  const request = { name: 'only-once', expiresAt: inAnHour(), compute: true };

  const [one, two] = await Promise.all([platform.createBranch(request), platform.createBranch(request)]);
  const three = await platform.createBranch(request);

  expect([two, three]).toEqual([one, one]);
  expect((await branchNames()).filter((name) => name === 'only-once')).toHaveLength(1);
});

test('two runs that create and delete branches at the same time wait for each other', async () => {
  const platform = platformWith();
  const request = (name: string) => ({ name, expiresAt: inAnHour(), compute: false });

  const branches = await Promise.all(['one', 'two', 'three'].map((name) => platform.createBranch(request(name))));
  await Promise.all(branches.map(({ branchId }) => platform.deleteBranch(branchId)));

  const names = await branchNames();
  expect(['one', 'two', 'three'].filter((name) => names.includes(name))).toEqual([]);
});

test('a branch without compute holds the data and has no address', async () => {
  const platform = platformWith();
  const branch = await platform.createBranch({ name: 'restore-point', expiresAt: inAnHour(), compute: false });

  const asked = platform.connection({ branchId: branch.branchId });

  await expect(asked).rejects.toMatchObject({
    name: 'PlatformFailed',
    message: expect.stringMatching(/Neon could not give the address of the branch br-\w+: .*not found \(HTTP 404/),
  });
});

test('a branch of that name whose time is over is made anew', async () => {
  const request = { name: 'again', expiresAt: inAnHour(), compute: false };
  const old = await platformWith().createBranch(request);
  const tomorrow = { now: () => new Date(Date.now() + 86_400_000) };

  const branch = await platformWith({ clock: tomorrow }).createBranch(request);

  expect(branch.name).toBe('again');
  expect(branch.branchId).not.toBe(old.branchId);
});

test('a branch of that name that was not made from the target is not taken for one of ours', async () => {
  await sdkFor(simulator).branches.create({ projectId: simulator.projectId, name: 'foreign', noCompute: true });

  const failure = platformWith().createBranch({ name: 'foreign', expiresAt: inAnHour(), compute: true });

  await expect(failure).rejects.toMatchObject({
    name: 'PlatformFailed',
    message: expect.stringContaining(`expected the target ${simulator.stagingBranchId}`),
  });
});

test('a deleted branch may be deleted again, and the target never', async () => {
  const platform = platformWith();
  const { branchId } = await platform.createBranch({ name: 'gone', expiresAt: inAnHour(), compute: true });

  await platform.deleteBranch(branchId);
  await platform.deleteBranch(branchId);

  expect(await branchNames()).not.toContain('gone');
  for (const target of ['target', simulator.stagingBranchId])
    await expect(platform.deleteBranch(target)).rejects.toMatchObject({ name: 'InvalidInput' });
  expect(await branchNames()).toContain('staging');
});

test('the address is direct, without TLS on this machine, and another database of the same server can be named', async () => {
  const platform = platformWith();
  await query(await platform.connection({ branchId: 'target' }), 'CREATE DATABASE scratch');

  const target = await platform.connection({ branchId: 'target' });
  const scratch = await platform.connection({ branchId: simulator.stagingBranchId, database: 'scratch' });

  expect(target).toEqual({ ...simulator.connection(simulator.stagingBranchId), tls: false, pooled: false });
  expect(scratch).toEqual({ ...target, database: 'scratch' });
  expect(await query(scratch, 'SELECT current_database() AS name')).toEqual([{ name: 'scratch' }]);
});

test.each([
  ['lose the answer', 1],
  ['lose the request', 2],
] as const)('when the connection breaks on creation (%s), the branch is made exactly once', async (loss, posts) => {
  const name = loss.replaceAll(' ', '-');
  const isFirstPost = (request: IncomingMessage, seen: readonly string[]) =>
    request.method === 'POST' && !seen.some((line) => line.startsWith('POST'));

  const [branch, seen] = await throughRelay(
    (request, soFar) => (isFirstPost(request, soFar) ? loss : 'pass'),
    async (baseUrl, lines) => {
      const created = await platformWith({ baseUrl }).createBranch({ name, expiresAt: inAnHour(), compute: true });
      return [created, lines] as const;
    },
  );

  expect(branch.name).toBe(name);
  expect((await branchNames()).filter((each) => each === name)).toHaveLength(1);
  expect(seen.filter((line) => line === 'POST /branches')).toHaveLength(posts);
});

test('questions whose answer is lost are asked again', async () => {
  const asked = new Set<string | undefined>();
  const isFirst = (url: string | undefined) => !asked.has(url) && asked.add(url).has(url);

  const target = await throughRelay(
    (request) => (isFirst(request.url) ? 'lose the answer' : 'pass'),
    (baseUrl) => platformWith({ baseUrl }).describeTarget(),
  );

  expect(target.branchName).toBe('staging');
  expect(asked.size).toBe(3);
});

test('failures carry the words of Neon and what to do, and neither key nor address', async () => {
  const key = 'napi_very_secret';

  const failure = await platformWith({ apiKey: async () => key })
    .describeTarget()
    .catch((error: Error) => error);

  expect(failure).toMatchObject({
    name: 'PlatformFailed',
    retry: 'later',
    message: expect.stringMatching(/not authenticated.*\(HTTP 401, request [\w-]+\); check that the API key/),
  });
  expect(JSON.stringify(failure) + String(failure)).not.toContain(key);
});

test('when the key cannot be read, the error gives the reason and not a failure of the network', async () => {
  const apiKey = () => Promise.reject(new StoreFailed('the secret cannot be read'));

  const failure = platformWith({ apiKey }).describeTarget();

  await expect(failure).rejects.toMatchObject({ name: 'StoreFailed', message: 'the secret cannot be read' });
});
