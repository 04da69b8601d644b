/** The look at Neon before a deployment, against the simulator. */
import path from 'node:path';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { type Config, readExampleConfig } from '#infra/config';
import { runChecks } from '#operations/preflight/check';
import { checkTarget } from '#operations/preflight/target';
import { type Simulated, sdkFor, simulate } from './neon-simulation';

jest.setTimeout(60_000);

let simulated: Simulated;

beforeAll(async () => {
  simulated = await simulate();
});

afterAll(() => simulated.remove());

const look = (changed: Partial<Config> = {}, apiKey = simulated.apiKey) => {
  const config: Config = {
    ...readExampleConfig(path.resolve(__dirname, '../..')),
    'neon.projectId': simulated.projectId,
    'neon.stagingBranchId': simulated.stagingBranchId,
    'neon.database': simulated.database,
    'neon.role': simulated.role,
    ...changed,
  };
  const platform = createNeonPlatform({
    apiKey: async () => apiKey,
    ...{ projectId: config['neon.projectId'], branchId: config['neon.stagingBranchId'] },
    ...{ database: config['neon.database'], role: config['neon.role'], baseUrl: simulated.baseUrl },
    ...{ clock: { now: () => new Date() }, pollIntervalMs: 20 },
  });
  return runChecks([checkTarget(platform, config)], () => undefined);
};

test('the staging branch is found to be one', async () => {
  expect(await look()).toEqual([]);
});

test('the default branch is refused', async () => {
  const branches = await sdkFor(simulated).branches.list({ projectId: simulated.projectId }).all();
  const main = branches.find((branch) => branch.default);

  expect(await look({ 'neon.stagingBranchId': main?.id ?? '' })).toEqual([
    expect.stringMatching(/is the project's default branch; name the staging branch in neon\.stagingBranchId/),
  ]);
});

test.each([
  ['project', { 'neon.projectId': 'other-river-12345678' }, /Neon could not show the project other-river-12345678/],
  ['branch', { 'neon.stagingBranchId': 'br-other-sun-1' }, /Neon could not show the branch br-other-sun-1/],
  ['database', { 'neon.database': 'other' }, /has no database "other"/],
  ['role', { 'neon.role': 'other' }, /Neon could not give the address of the branch/],
] as const)('a %s that is not there is told', async (_, changed, words) => {
  expect(await look(changed)).toEqual([expect.stringMatching(words)]);
});

test('a key that Neon does not take is told, and does not stand in the message', async () => {
  const problems = await look({}, 'napi_wrong');

  expect(problems).toEqual([expect.stringMatching(/check that the API key is the right one/)]);
  expect(problems.join()).not.toContain('napi_wrong');
});
