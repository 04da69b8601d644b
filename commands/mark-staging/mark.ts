/** Writes the staging mark into a target: a person declares that runs may change this database, and no copy of it. */
import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { describeDoubts, stagingDoubts } from '#domain/environment/doubts';
import type { TargetRecord } from '#domain/environment/target';
import { TargetIsNotStaging } from '#domain/errors';
import type { StagingMark } from '#domain/ledger/ledger';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock, Settings } from '#lambdas/ports/ports';

/** `expected` is what runs will compare with; left out, the target's own identity counts. Errors: TargetIsNotStaging. */
export const markStaging = async (
  platform: Platform,
  { by, clock, expected }: { readonly by: string; readonly clock: Clock; readonly expected?: Settings['expected'] },
): Promise<TargetRecord> => {
  const record = await platform.describeTarget();
  const mark: StagingMark = {
    environment: 'staging',
    projectId: record.projectId,
    branchId: record.branchId,
    markedBy: by,
    markedAt: clock.now().toISOString(),
  };
  // The same doubts stop a run: a mark on a default or protected branch would only mislead.
  const doubts = stagingDoubts({ record, mark, expected: expected ?? record });
  if (doubts.length > 0) throw new TargetIsNotStaging(`nothing was marked: ${describeDoubts(doubts)}`);
  await writeMark(await platform.connection({ branchId: 'target' }), mark);
  return record;
};
