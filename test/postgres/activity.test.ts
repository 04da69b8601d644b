/** The port Activity: a plain server's answer in a session and Neon's over HTTP must be the same. */
import { createNeonActivity } from '#adapters/neon/neon-activity';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import { createPostgresActivity } from '#adapters/postgres/postgres-activity';
import { DatabaseUnreachable } from '#domain/errors';
import type { ActivitySample, Look } from '#domain/monitoring/sample';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Activity } from '#lambdas/ports/watching';
import { withTarget } from './database-arrangements';
import { openSession, query, type Simulated, sdkFor, simulate, until } from './neon-simulation';

// Servers are started for real.
jest.setTimeout(60_000);

let simulator: Simulated;

beforeAll(async () => {
  simulator = await simulate();
});

afterAll(() => simulator.remove());

const platformOf = ({ apiKey, baseUrl, projectId, stagingBranchId: branchId, database, role }: Simulated) =>
  createNeonPlatform({
    apiKey: async () => apiKey,
    baseUrl,
    projectId,
    branchId,
    database,
    role,
    clock: { now: () => new Date() },
    pollIntervalMs: 20,
  });

const onNeon = () => createNeonActivity({ platform: platformOf(simulator), sqlUrl: simulator.sqlUrl });

type Arranged = { readonly activity: Activity; readonly connection: ConnectionSettings };
type Arrangement = (setUp: string, work: (arranged: Arranged) => Promise<void>) => Promise<void>;

const plainServer: Arrangement = (setUp, work) =>
  withTarget(setUp, ({ connection }) =>
    work({ activity: createPostgresActivity(async () => connection), connection: connection as ConnectionSettings }),
  );

const neon: Arrangement = async (setUp, work) => {
  const connection = simulator.connection(simulator.stagingBranchId);
  await query(connection, 'DROP SCHEMA IF EXISTS shop CASCADE; DROP EXTENSION IF EXISTS pg_stat_statements', setUp);
  await work({ activity: onNeon(), connection });
};

const everywhere: readonly (readonly [string, Arrangement])[] = [
  ['a plain server', plainServer],
  ['Neon', neon],
];

const sampleOf = (look: Look): ActivitySample => {
  if (look.state !== 'awake') throw new Error('the compute sleeps');
  return look.sample;
};

test.each(everywhere)('%s reads the sessions of others and the statements that they ran', (_, arrange) =>
  arrange('CREATE EXTENSION pg_stat_statements; CREATE SCHEMA shop; CREATE TABLE shop.jobs (id int)', async (all) => {
    await query(all.connection, 'SELECT pg_stat_statements_reset()', 'INSERT INTO shop.jobs SELECT 1');

    const baseline = await all.activity.takeBaseline();
    const sample = sampleOf(await all.activity.look(baseline));

    expect(sample).toMatchObject({
      connections: expect.any(Number),
      maxConnections: expect.any(Number),
      statementsSchema: 'public',
      lockWaits: 0,
      longestTransactionMs: 0,
      deadlocks: expect.any(Number),
      rollbacks: expect.any(Number),
    });
    expect(sample.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(sample.commits).toBeGreaterThan(0);
    const insert = sample.statements?.find(({ query: text }) => text.startsWith('INSERT INTO shop.jobs'));
    expect(insert).toMatchObject({ calls: 1, queryId: expect.stringMatching(/^-?\d+$/) });
    expect(insert?.totalMs).toBeCloseTo(insert?.meanMs ?? 0);
    expect(Object.keys(sample).sort()).toEqual(Object.keys(baseline).sort());
  }),
);

test.each(everywhere)('%s reads who waits for a lock and how old the oldest transaction is', (_, arrange) =>
  arrange('CREATE SCHEMA shop; CREATE TABLE shop.jobs (id int)', async ({ activity, connection }) => {
    const baseline = await activity.takeBaseline();
    const holder = await openSession(connection);
    const waiter = await openSession(connection);
    await holder.session.query('BEGIN; LOCK TABLE shop.jobs');
    const waiting = waiter.session.query('SELECT * FROM shop.jobs');
    await until(async () => sampleOf(await activity.look(baseline)).lockWaits === 1);

    const sample = sampleOf(await activity.look(baseline));
    await holder.session.query('ROLLBACK');
    await waiting;
    await Promise.all([holder.session.end(), waiter.session.end()]);

    expect(sample.connections).toBe(2);
    expect(sample.longestTransactionMs).toBeGreaterThan(0);
  }),
);

test.each(everywhere)('%s: looks do not see themselves', (_, arrange) =>
  arrange('CREATE EXTENSION pg_stat_statements', async ({ activity, connection }) => {
    const baseline = await activity.takeBaseline();
    await activity.look(baseline);
    const [own] = await query(
      connection,
      "SELECT count(*)::int AS n FROM pg_stat_statements WHERE query LIKE '%migration-checklist%'",
    );

    const sample = sampleOf(await activity.look(baseline));

    expect(own?.['n']).toBeGreaterThan(0);
    expect(sample.statements?.filter(({ query: text }) => text.includes('migration-checklist'))).toEqual([]);
    expect(sample).toMatchObject({ connections: 0, longestTransactionMs: 0 });
  }),
);

test.each(everywhere)('%s without pg_stat_statements has no statements, and what it had may go', (_, arrange) =>
  arrange('CREATE EXTENSION pg_stat_statements', async ({ activity, connection }) => {
    const baseline = await activity.takeBaseline();
    await query(connection, 'DROP EXTENSION pg_stat_statements');

    const later = sampleOf(await activity.look(baseline));
    const never = await activity.takeBaseline();

    expect(baseline.statements).not.toBeNull();
    expect(later).toMatchObject({ statementsSchema: null, statements: null });
    expect(never).toMatchObject({ statementsSchema: null, statements: null });
  }),
);

test('a look holds no connection on Neon', () =>
  neon('', async ({ activity, connection }) => {
    await activity.look({ statementsSchema: null });

    await until(async () => {
      const open = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'migration-checklist%'";
      return (await query(connection, open)).length === 0;
    });
  }));

test('a compute that sleeps is left asleep by a look, and is woken for a baseline', async () => {
  const { projectId, stagingBranchId: branchId } = simulator;
  const { endpoints } = sdkFor(simulator).postgres;
  const [endpoint] = await endpoints.listByBranch({ projectId, branchId });
  await endpoints.suspend({ projectId, endpointId: endpoint?.id ?? '' }, { waitForReadiness: true });
  const stateOf = async () => (await endpoints.listByBranch({ projectId, branchId }))[0]?.current_state;

  const look = await onNeon().look({ statementsSchema: null });
  const stateAfterLook = await stateOf();
  const baseline = await onNeon().takeBaseline();

  expect(look).toEqual({ state: 'suspended' });
  expect(stateAfterLook).toBe('idle');
  expect(baseline.connections).toBe(0);
  expect(await stateOf()).toBe('active');
});

const unreachable = (platform: Partial<ReturnType<typeof platformOf>>, sqlUrl: string) =>
  createNeonActivity({ platform: { ...platformOf(simulator), ...platform }, sqlUrl });

test.each<[string, () => Activity]>([
  ['nobody listens', () => unreachable({}, 'http://127.0.0.1:1/sql')],
  ["the address is nobody's", () => unreachable({}, simulator.baseUrl)],
  [
    'the password is wrong',
    () =>
      unreachable(
        { connection: async () => ({ ...simulator.connection(simulator.stagingBranchId), password: 'wr0ng-secret' }) },
        simulator.sqlUrl,
      ),
  ],
  [
    'the server is no branch of the project',
    () =>
      unreachable(
        { connection: async () => ({ ...simulator.connection(simulator.stagingBranchId), port: 1 }) },
        simulator.sqlUrl,
      ),
  ],
])('%s: the target is unreachable, and no password is said', async (_, open) => {
  const { password } = simulator.connection(simulator.stagingBranchId);

  const failure = await open()
    .look({ statementsSchema: null })
    .catch((error: Error) => error);

  expect(failure).toBeInstanceOf(DatabaseUnreachable);
  expect((failure as Error).message).toMatch(/^no answer over HTTP from 127\.0\.0\.1:\d+, database "app"/);
  expect((failure as Error).message).not.toContain(password);
  expect((failure as Error).message).not.toContain('wr0ng-secret');
});

test('what the statement itself does wrong is no outage', () =>
  neon('CREATE SCHEMA shop; CREATE TABLE shop.pg_stat_statements (id int)', async ({ activity }) => {
    const failure = await activity.look({ statementsSchema: 'shop' }).catch((error: Error) => error);

    expect(failure).not.toBeInstanceOf(DatabaseUnreachable);
    expect(failure).toMatchObject({ code: '42703' });
  }));
