/** The calls to Neon's API that we need, each with one outcome; failures as PlatformFailed. */
import { type Branch, createNeonClient, type Operation, type Project, raw } from '@neon/sdk';
import { asking } from './neon-failure';
import { createPatientFetch } from './patient-fetch';

export type NeonApi = {
  project(): Promise<Project>;
  branch(branchId: string): Promise<Branch>;
  /** Null when the project has none of that name. */
  findBranch(name: string): Promise<Branch | null>;
  /** Waits until the operations are done; null = all that are under way for the branch. */
  settle(branchId: string, known: readonly Operation[] | null): Promise<void>;
  createBranch(wanted: NewBranch): Promise<{ readonly branch: Branch; readonly operations: readonly Operation[] }>;
  /** No error when it is gone. Resolves when its servers and data are gone, too. */
  deleteBranch(branchId: string): Promise<void>;
  /** True when the branch has a compute and it sleeps. */
  isIdle(branchId: string): Promise<boolean>;
  databaseNames(branchId: string): Promise<readonly string[]>;
  /** The direct address, not the pooler's. */
  connectionUri(branchId: string, database: string, role: string): Promise<string>;
};

export type NewBranch = {
  readonly name: string;
  readonly parentId: string;
  /** RFC 3339, to the second: Neon takes nothing finer. */
  readonly expiresAt: string;
  readonly compute: boolean;
};

export type NeonApiOptions = {
  readonly apiKey: () => Promise<string>;
  readonly projectId: string;
  /** Left out = Neon's own. */
  readonly baseUrl?: string;
  /** Between two looks at an operation; also the first wait while Neon is busy. */
  readonly pollIntervalMs: number;
  /** Aborts requests and waits; left out = nothing aborts them. */
  readonly signal?: AbortSignal;
};

/** 5 minutes: copying starts no data, so even a large branch is ready within seconds; a compute may take a minute. */
const settleTimeoutMs = 300_000;

/** About half a minute of waiting in all; an operation of Neon's takes 1 to 10 s. */
const patience = { maxDelayMs: 8_000, attempts: 12, requestTimeoutMs: 30_000 };

const isUnderWay = ({ status }: Operation) => ['scheduling', 'running', 'cancelling'].includes(status);

export const createNeonApi = ({ apiKey, projectId, baseUrl, pollIntervalMs, signal }: NeonApiOptions): NeonApi => {
  const neon = createNeonClient({
    apiKey,
    ...(baseUrl !== undefined && { baseUrl }),
    fetch: createPatientFetch({ ...patience, firstDelayMs: pollIntervalMs, ...(signal && { signal }) }),
    // Our fetch retries every call; twelve times twelve attempts would be too many.
    retries: 0,
    throwOnError: true,
    wait: { pollIntervalMs, timeoutMs: settleTimeoutMs },
  });

  const create = (wanted: NewBranch) =>
    raw.createProjectBranch({
      client: neon.client,
      path: { project_id: projectId },
      body: {
        branch: {
          name: wanted.name,
          parent_id: wanted.parentId,
          expires_at: wanted.expiresAt,
          init_source: 'parent-data',
        },
        ...(wanted.compute && { endpoints: [{ type: 'read_write' as const }] }),
      },
      throwOnError: true,
    });

  const operationsUnderWay = async (branchId: string) => {
    // The first page holds the latest, and there is never more than a handful under way.
    const { items } = await neon.operations.list({ projectId }).page();
    return items.filter((operation) => operation.branch_id === branchId && isUnderWay(operation));
  };

  return {
    project: () => asking(`show the project ${projectId}`, () => neon.projects.get({ projectId })),
    branch: (branchId) => asking(`show the branch ${branchId}`, () => neon.branches.get({ projectId, branchId })),
    findBranch: (name) =>
      asking(`look for the branch "${name}"`, async () => {
        const similar = await neon.branches.list({ projectId, search: name }).all();
        return similar.find((branch) => branch.name === name) ?? null;
      }),
    settle: (branchId, known) =>
      asking(`make the branch ${branchId} ready`, async () => {
        const operations = known ?? (await operationsUnderWay(branchId));
        await neon.operations.waitFor({ operations: [...operations] });
      }),
    createBranch: (wanted) => asking(`create the branch "${wanted.name}"`, () => create(wanted)),
    deleteBranch: (branchId) =>
      asking(`delete the branch ${branchId}`, () =>
        neon.branches.delete({ projectId, branchId }, { waitForReadiness: true }),
      ),
    isIdle: (branchId) =>
      asking(`say whether the compute of the branch ${branchId} sleeps`, async () => {
        const endpoints = await neon.postgres.endpoints.listByBranch({ projectId, branchId });
        const endpoint = endpoints.find(({ type }) => type === 'read_write');
        // One that is about to wake counts as awake: a query now does not wake it.
        return endpoint?.current_state === 'idle' && endpoint.pending_state !== 'active';
      }),
    databaseNames: (branchId) =>
      asking(`list the databases of the branch ${branchId}`, async () => {
        const databases = await neon.postgres.databases.list({ projectId, branchId });
        return databases.map(({ name }) => name);
      }),
    connectionUri: (branchId, databaseName, roleName) =>
      asking(`give the address of the branch ${branchId}`, () =>
        neon.postgres.connectionString({ projectId, branchId, databaseName, roleName, pooled: false }),
      ),
  };
};
