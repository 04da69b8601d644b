import { againStageOf } from '#domain/approvals/stages';
import { applyMigration } from '#domain/boxes/08-apply-migration';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import { unitsInWords } from '#domain/migration/units';
import type { LockAttempts } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { evidenceOfStep } from '#lambdas/record/evidence';
import { withLockAttempts } from '#lambdas/record/lock-attempts';
import { readPinnedDoor, readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { ApplyMigrationInput, StepOutput } from '#statemachine/contract';

export const run = (input: ApplyMigrationInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 8, applyMigration, input, async (facts) => {
    const { run: pin } = input;
    const { by } = await requireApproval(ports, pin, 'apply', input.approval);
    const { round = 0 } = input;
    // Step 8 is made again only because people have said so.
    if (round > 0) await requireApproval(ports, pin, againStageOf(round), null);
    facts.put('approvedBy', by);
    const { migration } = await readPinnedMigration(ports.store, pin);
    facts.put('units', unitsInWords(migration.statements));
    const { version, runId, sha256, owner } = pin;
    if (input.interruptions?.length) facts.put('interruptions', input.interruptions);
    const door = await readPinnedDoor(ports.store, pin);
    const { name } = evidenceOfStep(8);
    const apply = (lockAttempts: LockAttempts) =>
      ports.database.applyMigration(
        { branchId: 'target' },
        {
          statements: migration.statements,
          entry: { version, migration: pin.migration, sha256, runId, owner, appliedBy: by },
          limits: ports.settings,
          lockAttempts,
          door,
        },
      );
    const putAttempts = (attempts: readonly LockAttempt[]) => facts.put('lockAttempts', attempts);
    await facts.observe('applied', () =>
      withLockAttempts(ports.store, { runId, name, attempt: input.attempt, round }, putAttempts, apply),
    );
    return {};
  });
