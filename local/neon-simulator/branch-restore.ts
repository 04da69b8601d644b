/** Replaces a branch's data by another branch's; its server then starts on the new data. */
import { randomBytes } from 'node:crypto';
import { assertNameIsFree } from './branch-creation';
import { copyData, removeData } from './branch-data';
import { newId, timestamp } from './identifiers';
import type { BranchRecord, OperationRecord } from './records';
import { refusals } from './refusal';
import { branchesOf, branchNamed, type Simulation } from './simulation';

export type RestoreRequest = {
  readonly sourceId: string;
  /** The name under which the earlier data is kept, as a branch without compute. Null = it is deleted. */
  readonly preserveUnderName: string | null;
};

/** The branch as it was, under its new name; takes over the branch's children, as Neon's does. */
const withPreserved = (branches: readonly BranchRecord[], branch: BranchRecord, name: string, now: string) => {
  const asBefore = { ...branch, phase: 'ready', isDefault: false, endpoint: null, expiresAt: null } as const;
  const preserved: BranchRecord = { ...asBefore, id: newId('br'), name, updatedAt: now };
  const moved = branches.map((each) => (each.parentId === branch.id ? { ...each, parentId: preserved.id } : each));
  return [...moved, preserved];
};

/** Refusals: 404, 409, 422, 423. Until the new data is complete the branch is unchanged, also when the restore fails. */
export const restoreBranch = (
  simulation: Simulation,
  branch: BranchRecord,
  request: RestoreRequest,
): { readonly branch: BranchRecord; readonly operations: readonly OperationRecord[] } => {
  const { records, computes, operations, clock } = simulation;
  operations.assertIdle();
  const source = branchNamed(simulation, request.sourceId);
  if (source.id === branch.id)
    throw refusals.invalid('this stand-in keeps no history: restore from another branch, not from an earlier time');
  if (request.preserveUnderName !== null) assertNameIsFree(simulation, request.preserveUnderName);
  else if (branchesOf(simulation).some(({ parentId }) => parentId === branch.id))
    throw refusals.invalid('Branch has children, preserve_under_name is required');

  const restored = { directory: `${branch.id}-${randomBytes(4).toString('hex')}` };
  let parentLsn: string | null = null;
  const copy = async () => {
    parentLsn = await copyData(simulation, source, restored);
  };
  const exchange = async () => {
    await computes.stop(branch.id);
    const now = timestamp(clock.now());
    const renewed = {
      ...restored,
      parentId: source.id,
      parentLsn,
      phase: 'ready',
      lastResetAt: now,
      updatedAt: now,
    } as const;
    records.changeBranches((branches) => {
      const exchanged = branches.map((each) => (each.id === branch.id ? { ...each, ...renewed } : each));
      const { preserveUnderName: name } = request;
      return name === null ? exchanged : withPreserved(exchanged, branch, name, now);
    });
    if (request.preserveUnderName === null) await removeData(simulation, branch);
  };
  const start = () => computes.start(branchNamed(simulation, branch.id));
  const giveUp = async () => records.changeBranch(branch.id, { phase: 'ready' });

  records.changeBranch(branch.id, { phase: 'resetting' });
  const scheduled = operations.schedule(
    branch,
    [
      { action: 'create_timeline', run: copy },
      { action: branch.endpoint ? 'suspend_compute' : 'create_timeline', run: exchange },
      ...(branch.endpoint ? [{ action: 'start_compute' as const, run: start }] : []),
    ],
    giveUp,
  );
  return { branch: branchNamed(simulation, branch.id), operations: scheduled };
};
