/** The port Platform on Neon: the target is a branch of a project, and the run's own branches are children of it. */
import type { Branch as NeonBranch, Operation } from '@neon/sdk';
import type { TargetRecord } from '#domain/environment/target';
import { InvalidInput, PlatformFailed } from '#domain/errors';
import type { BranchServer } from '#domain/sql/reach-table';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Branch, Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { parseConnectionUri } from './connection-uri';
import { createNeonApi, type NeonApi, type NewBranch } from './neon-api';
import { leavesDoubt } from './neon-failure';

export type NeonPlatformOptions = {
  /** Called for every request, so that a rotated key takes effect at once. */
  readonly apiKey: () => Promise<string>;
  readonly projectId: string;
  /** The target: the staging branch. */
  readonly branchId: string;
  readonly database: string;
  readonly role: string;
  /** Left out = Neon's own API. */
  readonly baseUrl?: string;
  readonly clock: Clock;
  /** Where a branch's server runs: on a machine of its own unless given. */
  readonly server?: BranchServer;
  /** Between two looks at an operation; 1 s unless given. */
  readonly pollIntervalMs?: number;
  /** Aborts requests and waits; left out = nothing aborts them. */
  readonly signal?: AbortSignal;
};

/** Each follows an answer that never came; after three in a row none will come. */
const createAttempts = 3;

/** RFC 3339 to the second, which is all that Neon takes; rounded up, so that nothing expires before its time. */
const toSeconds = (at: Date) => new Date(Math.ceil(at.getTime() / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

/** Operations null = the branch existed already, so its running operations are unknown. */
type Found = { readonly branch: NeonBranch; readonly operations: readonly Operation[] | null };

const createWithoutDoubt = async (api: NeonApi, wanted: NewBranch): Promise<Found> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.createBranch(wanted);
    } catch (error) {
      if (!leavesDoubt(error)) throw error;
      const branch = await api.findBranch(wanted.name);
      if (branch) return { branch, operations: null };
      if (attempt === createAttempts) throw error;
    }
  }
};

/** Finds a usable branch of that name; deletes an expired one, because Neon may delete it at any moment. */
const findUsable = async (api: NeonApi, name: string, now: Date): Promise<Found | null> => {
  const branch = await api.findBranch(name);
  if (!branch) return null;
  if (!branch.expires_at || Date.parse(branch.expires_at) > now.getTime()) return { branch, operations: null };
  await api.deleteBranch(branch.id);
  return null;
};

const makeReady = async (
  api: NeonApi,
  { branch: { id }, operations }: Found,
  wanted: NewBranch,
): Promise<Omit<Branch, 'server'>> => {
  await api.settle(id, operations);
  // Read again: only now is the position in the parent's log certain.
  const branch = await api.branch(id);
  if (branch.parent_id !== wanted.parentId)
    throw new PlatformFailed(
      `the branch "${wanted.name}" (${id}) has the parent ${branch.parent_id ?? 'null'}, expected the target ${wanted.parentId}; delete it in the Neon console, or start a new run`,
    );
  if (branch.current_state !== 'ready')
    throw new PlatformFailed(
      `the branch "${wanted.name}" (${id}) is in state "${branch.current_state}", expected "ready"; look at its operations in the Neon console`,
    );
  return {
    branchId: branch.id,
    name: branch.name,
    createdAt: branch.created_at,
    expiresAt: branch.expires_at ?? wanted.expiresAt,
    parentLsn: branch.parent_lsn ?? null,
    isRestorable: true,
  };
};

export const createNeonPlatform = (options: NeonPlatformOptions): Platform => {
  const { projectId, branchId: targetId, database, role, clock, pollIntervalMs = 1_000 } = options;
  const { apiKey, baseUrl, signal } = options;
  const api = createNeonApi({
    apiKey,
    projectId,
    pollIntervalMs,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(signal && { signal }),
  });

  const describeTarget = async (): Promise<TargetRecord> => {
    // One after the other, so that when the first fails, no other request is left running.
    const project = await api.project();
    const branch = await api.branch(targetId);
    const databases = await api.databaseNames(targetId);
    if (!databases.includes(database))
      throw new PlatformFailed(
        `the branch "${branch.name}" (${targetId}) has no database "${database}", only ${databases.join(', ') || 'none'}; correct the configured name`,
      );
    const limitBytes = project.branch_logical_size_limit_bytes;
    return {
      platform: 'neon',
      projectId: project.id,
      branchId: branch.id,
      branchName: branch.name,
      database,
      isDefault: branch.default,
      isProtected: branch.protected,
      storageLimitBytes: limitBytes > 0 ? limitBytes : null,
    };
  };

  const createBranch: Platform['createBranch'] = async ({ name, expiresAt, compute }) => {
    const wanted = { name, parentId: targetId, expiresAt: toSeconds(expiresAt), compute };
    const found = (await findUsable(api, name, clock.now())) ?? (await createWithoutDoubt(api, wanted));
    return { ...(await makeReady(api, found, wanted)), server: options.server ?? 'own machine' };
  };

  const deleteBranch = async (branchId: string) => {
    if (branchId === targetId || branchId === 'target')
      throw new InvalidInput(`refused to delete ${branchId}: it is the target itself, not a branch made for a run`);
    await api.deleteBranch(branchId);
  };

  const branchIdOf = ({ branchId }: DatabaseAddress) => (branchId === 'target' ? targetId : branchId);

  const connection = async (address: DatabaseAddress) => {
    const branchId = branchIdOf(address);
    const settings = parseConnectionUri(await api.connectionUri(branchId, database, role));
    // Neon knows the databases that were made through it; a scratch database, made by SQL, has the same address.
    return { ...settings, database: address.database ?? settings.database };
  };

  const isSuspended = (address: DatabaseAddress) => api.isIdle(branchIdOf(address));

  return { describeTarget, createBranch, deleteBranch, connection, isSuspended };
};
