/** Before Step 8 is made again: people have said so, the target is still ours, and it is still as it was rehearsed. */
import { againStageOf } from '#domain/approvals/stages';
import { withoutLeftOut } from '#domain/backup/left-out';
import { factsIn } from '#domain/boxes/facts';
import { differencesFromRehearsed } from '#domain/catalog/as-rehearsed';
import type { Catalog } from '#domain/catalog/catalog';
import { requireStaging } from '#domain/environment/doubts';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { type PartialApply, progressInWords } from '#domain/ledger/progress';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readReferenced } from '#lambdas/record/json';
import { leftOutIn } from '#lambdas/record/left-out';
import { withEvidence } from '#lambdas/record/with-evidence';
import { differencesFromBefore, refuseDifferences, requireKept } from '#lambdas/rehearsal/as-before';
import type { ConnectAgainInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

type Documents = readonly EvidenceDocument[];

/** Some units are committed: the catalog that the branch had behind the same units. */
const differencesBehindUnits = async (
  { store }: Pick<Ports, 'store'>,
  earlier: Documents,
  now: Catalog,
  progress: PartialApply,
): Promise<readonly string[]> => {
  const { catalogBefore, catalogAfter } = factsIn(earlier, '06-dry-run');
  const unit = progress.committed.length;
  const { reached } = factsIn(earlier, '13-test-rollback').restarts?.find((one) => one.unit === unit) ?? {};
  const behind = unit === progress.units ? catalogAfter : reached && { artifact: reached };
  const none = `the migration is ${progressInWords(progress)}, and the rehearsal has kept no catalog of that`;
  const read = (kept: { readonly artifact: EvidenceRef } | undefined) =>
    readReferenced<Catalog>(store, requireKept(kept, none));
  return differencesFromRehearsed(
    await read(catalogBefore),
    await read(behind),
    withoutLeftOut(now, leftOutIn(earlier)),
  );
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
    const { progress } = await database.establishOutcome(target, pin);
    facts.put('progress', progress);
    const now = await database.readCatalog(target);
    const differences = progress
      ? await differencesBehindUnits(ports, earlier, now, progress)
      : await differencesFromBefore(ports, earlier, now);
    facts.put('differences', differences);
    refuseDifferences(differences);
    return {};
  });
};
