/** Makes a branch: a copy of its parent's data, and a server on it when the request asks for one. */
import { copyData, removeData } from './branch-data';
import { newId, timestamp } from './identifiers';
import type { BranchRecord, OperationRecord } from './records';
import { refusals } from './refusal';
import { branchesOf, branchNamed, type Simulation } from './simulation';

export type BranchRequest = {
  readonly name: string | null;
  /** Null = the project's default branch. */
  readonly parentId: string | null;
  readonly expiresAt: string | null;
  readonly isProtected: boolean;
  readonly hasCompute: boolean;
};

/** Throws the refusal 409. */
export const assertNameIsFree = (simulation: Simulation, name: string) => {
  if (branchesOf(simulation).some((branch) => branch.name === name)) throw refusals.nameTaken(name);
};

const parentOf = (simulation: Simulation, { parentId }: BranchRequest) => {
  if (parentId) return branchNamed(simulation, parentId);
  const parent = branchesOf(simulation).find((branch) => branch.isDefault);
  if (!parent) throw refusals.notFound('default branch');
  return parent;
};

const assertExpiry = (now: Date, { expiresAt }: BranchRequest) => {
  if (expiresAt === null) return;
  if (!(Date.parse(expiresAt) > now.getTime()))
    throw refusals.malformed(`expires_at must be a time in the future, not ${JSON.stringify(expiresAt)}`);
};

const newBranch = (now: string, request: BranchRequest, parent: BranchRecord): BranchRecord => {
  const id = newId('br');
  return {
    id,
    name: request.name ?? id,
    parentId: parent.id,
    parentLsn: null,
    directory: id,
    phase: 'creating',
    isDefault: false,
    isProtected: request.isProtected,
    expiresAt: request.expiresAt,
    lastResetAt: null,
    endpoint: request.hasCompute ? { id: newId('ep'), createdAt: now } : null,
    createdAt: now,
    updatedAt: now,
  };
};

/** Refusals: 400, 404, 409, 423. A branch that could not be completed is removed before its operation shows as failed. */
export const createBranch = (
  simulation: Simulation,
  request: BranchRequest,
): { readonly branch: BranchRecord; readonly operations: readonly OperationRecord[] } => {
  const { records, computes, operations, clock } = simulation;
  operations.assertIdle();
  const parent = parentOf(simulation, request);
  if (request.name !== null) assertNameIsFree(simulation, request.name);
  assertExpiry(clock.now(), request);
  const branch = newBranch(timestamp(clock.now()), request, parent);

  const becomeReady = () => records.changeBranch(branch.id, { phase: 'ready', updatedAt: timestamp(clock.now()) });
  const copy = async () => {
    const parentLsn = await copyData(simulation, parent, branch);
    records.changeBranch(branch.id, { parentLsn });
    if (!branch.endpoint) becomeReady();
  };
  const start = async () => {
    await computes.start(branch);
    becomeReady();
  };
  const giveUp = async () => {
    await computes.stop(branch.id);
    await removeData(simulation, branch);
    records.removeBranch(branch.id);
  };

  // Recorded before the first file: after a crash the recorded phase shows what was left behind.
  records.addBranch(branch);
  const scheduled = operations.schedule(
    branch,
    [
      { action: 'create_branch', run: copy },
      ...(branch.endpoint ? [{ action: 'start_compute' as const, run: start }] : []),
    ],
    giveUp,
  );
  return { branch, operations: scheduled };
};
