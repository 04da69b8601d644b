/** Before Step 8 is made again: people have said so, the target is still ours, and it is still as it was rehearsed. */
import { againStageOf } from '#domain/approvals/stages';
import { factsIn } from '#domain/boxes/facts';
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { requireStaging } from '#domain/environment/doubts';
import { VerificationFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readReferenced } from '#lambdas/record/json';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ConnectAgainInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/** The catalog of which the branch was made, as Step 4 has kept it. */
const rehearsedCatalog = ({ store }: Pick<Ports, 'store'>, earlier: readonly EvidenceDocument[]): Promise<Catalog> => {
  const { catalog } = factsIn(earlier, '04-environment-check');
  if (!catalog) throw new VerificationFailed('Step 4 has kept no catalog to compare the target with; start a new run');
  return readReferenced<Catalog>(store, catalog.artifact);
};

export const run = (input: ConnectAgainInput, ports: Ports): Promise<StepOutput> => {
  const { run: pin, round, approval } = input;
  const state = { name: `connect-${againStageOf(round)}`, title: 'Connect again' } as const;
  return withEvidence(ports, state, input, async (facts, earlier) => {
    const { database, platform, settings } = ports;
    const { by } = await requireApproval(ports, pin, againStageOf(round), approval);
    facts.put('approvedBy', by);
    await requireApproval(ports, pin, 'apply', null);
    const record = await platform.describeTarget();
    const mark = await database.readMark(target);
    facts.put('expected', pin.target);
    facts.put('record', record);
    facts.put('mark', mark);
    requireStaging({ record, mark, expected: pin.target });
    // Another run may have taken a lease that has expired meanwhile: then this one is over.
    await database.acquireLease(target, {
      run: pin,
      holder: `${pin.migration}, started by ${pin.startedBy}`,
      lifeSeconds: settings.approvalTimeoutSeconds + settings.monitorSeconds + 3600,
    });
    const before = await rehearsedCatalog(ports, earlier);
    const differences = describeDifference(differenceOf(before, await database.readCatalog(target)));
    facts.put('differences', differences);
    if (differences.length > 0)
      throw new VerificationFailed(
        `the target's schema is not the one that was rehearsed any more: ${differences.slice(0, 5).join('; ')}. Put the change into a migration or undo it, then start again`,
      );
    return {};
  });
};
