/** Makes the copy-on-write branch on which the migration is rehearsed. */
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { CreateBranchOutput, StepInput } from '#statemachine/contract';

/** A day beyond the approval: the platform deletes the branch itself when no state of ours does. */
const graceSeconds = 24 * 3600;

export const run = (input: StepInput, ports: Ports): Promise<CreateBranchOutput> =>
  withEvidence(ports, { name: 'create-branch', title: 'Create branch' }, input, async (facts) => {
    // Nothing that nobody has reviewed runs anywhere near data.
    await requireApproval(ports, input.run, 'review', null);
    const lifeSeconds = ports.settings.approvalTimeoutSeconds + graceSeconds;
    const branch = await ports.platform.createBranch({
      name: `rehearsal-${input.run.runId}`,
      expiresAt: new Date(ports.clock.now().getTime() + lifeSeconds * 1000),
      compute: true,
    });
    facts.put('branch', branch);
    facts.find(
      ...(branch.leftOut ?? []).map(({ kind, identity, cause }) => ({
        rule: 'left-out-of-the-copy',
        message: `the branch goes without ${kind} ${identity}: ${cause}`,
        line: null,
      })),
    );
    return { branch: { branchId: branch.branchId, name: branch.name, server: branch.server } };
  });
