/** Runs the rollback section on the target, after a person has approved it. */

import { rollbackStageOf } from '#domain/approvals/stages';
import { rollBack } from '#domain/boxes/08-apply-migration';
import { blockersOfRound } from '#domain/boxes/locks-of-rollback';
import { outcomeIn, progressIn } from '#domain/boxes/outcome-of-apply';
import type { DoorWork } from '#domain/doors/choose';
import { MigrationRefused } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { KnownRun } from '#domain/ledger/ledger';
import { requireTakenBackBy, rolledBackBy } from '#domain/ledger/rolled-back-by';
import type { EndedSession } from '#domain/locks/in-the-way';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import type { Migration } from '#domain/migration/migration';
import type { LockAttempts } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { type Approval, requireApproval } from '#lambdas/record/approval';
import { withLockAttempts } from '#lambdas/record/lock-attempts';
import { readTakenBack } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RunPin, StepOutput } from '#statemachine/contract';
import type { RollBackInput } from '#statemachine/rollback-contract';
import { endBlockers } from './end-blockers';

const target = { branchId: 'target' } as const;

const state = { name: 'roll-back', title: 'Roll back', judges: rollBack } as const;

type Way = {
  readonly applied: KnownRun;
  readonly isPartial: boolean;
  readonly migration: Migration;
  readonly door: DoorWork | undefined;
};

/** The last one applied first. */
const waysBack = async ({ store }: Ports, run: RunPin): Promise<readonly Way[]> =>
  (await readTakenBack(store, run)).map(
    ({ version: { version, migration, sha256, runId, owner, isPartial }, ...way }) => ({
      ...way,
      applied: { version, migration, sha256, runId, owner },
      isPartial: isPartial === true,
    }),
  );

/** Before any session is ended for it: somebody may have settled or taken back meanwhile what people were asked about. */
const refuseTakenBackByOther = async ({ database }: Ports, ways: readonly Way[], { runId: by }: RunPin) => {
  const { ledger, others } = await database.readTargetState(target);
  for (const { applied, isPartial } of ways) {
    if (!isPartial) rolledBackBy(ledger, applied, by);
    const part = others.find(({ version, runId }) => version === applied.version && runId === applied.runId);
    if (isPartial && part?.progress === null) requireTakenBackBy(applied, part.state.since, part.state, by);
  }
};

const requireWayBack = ({ applied, migration }: Way) => {
  if (migration.rollback.statements.length > 0) return;
  throw new MigrationRefused(
    `${applied.migration} has no way back, so nothing was rolled back; the migration stands. ${placeOfWayBack(migration)}; or restore what Step 5 has saved`,
  );
};

/** The rollback's own approval, and of a later round that round's too: each is verified, the last one says who may be ended. */
const requireApprovals = async (
  ports: Ports,
  { run, approval, again, round = 0 }: RollBackInput,
): Promise<Approval> => {
  const first = await requireApproval(ports, run, 'rollback', approval);
  if (round === 0) return first;
  const { by, mayEnd = [] } = await requireApproval(ports, run, rollbackStageOf(round), again ?? null);
  return { ...first, by: first.by === by ? by : `${first.by}, and again by ${by}`, mayEnd };
};

/**
 * Hours may have gone by since people were asked: the target is still this run's, or it is not touched. A run that was closed holds
 * nothing, and gets nothing.
 */
const renewLease = ({ database, settings }: Ports, { run, round = 0 }: RollBackInput) =>
  database.acquireLease(target, {
    run,
    holder: `rollback of ${run.migration}${round === 0 ? '' : ', tried again'}`,
    lifeSeconds: settings.approvalTimeoutSeconds + 2 * 3600,
    isRollback: true,
    isRenewal: true,
  });

const neededLocks = (earlier: readonly EvidenceDocument[], round: number) =>
  blockersOfRound(earlier, round).locks ?? [];

export const run = (input: RollBackInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    const { round = 0 } = input;
    const { by, mayEnd = [] } = await requireApprovals(ports, input);
    facts.put('approvedBy', by);
    facts.put('answerBefore', outcomeIn(earlier));
    facts.put('progress', progressIn(earlier));
    const ways = await waysBack(ports, input.run);
    for (const way of ways) requireWayBack(way);
    await renewLease(ports, input);
    await refuseTakenBackByOther(ports, ways, input.run);
    const putEnded = (ended: readonly EndedSession[]) => facts.put('ended', ended);
    await endBlockers(ports, { runId: input.run.runId, mayEnd, locks: neededLocks(earlier, round) }, putEnded);
    const rollBackNow = async (lockAttempts: LockAttempts) => {
      const outcomes = [];
      for (const { applied, migration, door } of ways)
        outcomes.push(
          await ports.database.rollBack(target, {
            applied,
            by: input.run,
            statements: migration.rollback.statements,
            door,
            limits: ports.settings,
            lockAttempts,
          }),
        );
      const statements = outcomes.flatMap((outcome) => outcome.statements);
      return { statements, rolledBackAt: outcomes.at(-1)?.rolledBackAt ?? '' };
    };
    const putAttempts = (attempts: readonly LockAttempt[]) => facts.put('lockAttempts', attempts);
    const call = { runId: input.run.runId, name: state.name, attempt: input.attempt, round };
    facts.put('outcome', await withLockAttempts(ports.store, call, putAttempts, rollBackNow));
    return {};
  });
