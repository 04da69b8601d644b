/** Deletes branches: on request, and when they have expired. */
import { removeData } from './branch-data';
import type { BranchRecord, OperationRecord } from './records';
import { refusals } from './refusal';
import { branchesOf, type Simulation } from './simulation';

const whyNot = (simulation: Simulation, branch: BranchRecord) => {
  if (branch.isDefault) return refusals.invalid('cannot delete the default branch');
  if (branch.id === simulation.records.current().project.stagingBranchId)
    return refusals.invalid('cannot delete the staging branch: this stand-in exists for it');
  if (branch.isProtected) return refusals.invalid('cannot delete a protected branch');
  if (branchesOf(simulation).some(({ parentId }) => parentId === branch.id)) return refusals.hasChildren();
  return null;
};

/** Refusals: 422, 423. Sessions are ended. */
export const deleteBranch = (simulation: Simulation, branch: BranchRecord): readonly OperationRecord[] => {
  const { records, computes, operations } = simulation;
  operations.assertIdle();
  const refusal = whyNot(simulation, branch);
  if (refusal) throw refusal;
  // First the record: if this process dies here, the next start removes data without a record.
  records.removeBranch(branch.id);
  return operations.schedule(branch, [
    ...(branch.endpoint ? [{ action: 'suspend_compute' as const, run: () => computes.stop(branch.id) }] : []),
    { action: 'delete_timeline', run: () => removeData(simulation, branch) },
  ]);
};

/** Deletes one expired branch, if there is one and nothing else is under way; the next call deletes the next. */
export const reapExpired = (simulation: Simulation) => {
  if (!simulation.operations.isIdle()) return;
  const now = simulation.clock.now().getTime();
  const hasExpired = ({ expiresAt }: BranchRecord) => expiresAt !== null && Date.parse(expiresAt) <= now;
  const expired = branchesOf(simulation).find((branch) => hasExpired(branch) && !whyNot(simulation, branch));
  if (expired) deleteBranch(simulation, expired);
};
