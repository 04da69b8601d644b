import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { readMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { markStaging } from '#commands/mark-staging/mark';
import { type Simulated, simulate } from './neon-simulation';

jest.setTimeout(60_000);

const clock = { now: () => new Date('2026-11-26T08:00:00.000Z') };
let simulated: Simulated;

beforeAll(async () => {
  simulated = await simulate();
});

afterAll(() => simulated.remove());

const platformFor = (branchId: string) =>
  createNeonPlatform({
    apiKey: async () => simulated.apiKey,
    projectId: simulated.projectId,
    branchId,
    baseUrl: simulated.baseUrl,
    database: simulated.database,
    role: simulated.role,
    clock,
    pollIntervalMs: 20,
  });

test('the mark names project and branch as the platform knows them, and who has set it', async () => {
  const platform = platformFor(simulated.stagingBranchId);

  await markStaging(platform, { by: 'ada@example.org', clock });

  expect(await readMark(await platform.connection({ branchId: 'target' }))).toEqual({
    environment: 'staging',
    projectId: simulated.projectId,
    branchId: simulated.stagingBranchId,
    markedBy: 'ada@example.org',
    markedAt: '2026-11-26T08:00:00.000Z',
  });
});

test('a branch that a run would refuse is not marked', async () => {
  const platform = platformFor(simulated.stagingBranchId);
  const isDefault = {
    ...platform,
    describeTarget: async () => ({ ...(await platform.describeTarget()), isDefault: true }),
  };

  await expect(markStaging(isDefault, { by: 'grace@example.org', clock })).rejects.toThrow(
    /nothing was marked: .* is the project's default branch/,
  );
  expect(await readMark(await platform.connection({ branchId: 'target' }))).toMatchObject({
    markedBy: 'ada@example.org',
  });
});
