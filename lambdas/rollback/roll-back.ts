/** Runs the rollback section on the target, after a person has approved it. */
import { rollBack } from '#domain/boxes/08-apply-migration';
import { outcomeIn, progressIn } from '#domain/boxes/outcome-of-apply';
import { MigrationRefused } from '#domain/errors';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import type { LockAttempts } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { withLockAttempts } from '#lambdas/record/lock-attempts';
import { readPinnedDoor, readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ApprovedInput, StepOutput } from '#statemachine/contract';

const state = { name: 'roll-back', title: 'Roll back', judges: rollBack } as const;

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    const { by } = await requireApproval(ports, input.run, 'rollback', input.approval);
    const { migration } = await readPinnedMigration(ports.store, input.run);
    const { version, runId, migration: fileName, sha256, owner } = input.run;
    facts.put('approvedBy', by);
    facts.put('answerBefore', outcomeIn(earlier));
    facts.put('progress', progressIn(earlier));
    const { statements } = migration.rollback;
    if (statements.length === 0)
      throw new MigrationRefused(
        `${fileName} has no way back, so nothing was rolled back; the migration stands. ${placeOfWayBack(migration)}; or restore what Step 5 has saved`,
      );
    const door = await readPinnedDoor(ports.store, input.run);
    const plan = { statements, door, version, runId, migration: fileName, sha256, owner, limits: ports.settings };
    const rollBackNow = (lockAttempts: LockAttempts) =>
      ports.database.rollBack({ branchId: 'target' }, { ...plan, lockAttempts });
    const putAttempts = (attempts: readonly LockAttempt[]) => facts.put('lockAttempts', attempts);
    const call = { runId, name: state.name, attempt: input.attempt };
    facts.put('outcome', await withLockAttempts(ports.store, call, putAttempts, rollBackNow));
    return {};
  });
