/** Runs the rollback section on the target, after a person has approved it. */
import { rollBack } from '#domain/boxes/08-apply-migration';
import { outcomeIn, progressIn } from '#domain/boxes/outcome-of-apply';
import type { DoorWork } from '#domain/doors/choose';
import { MigrationRefused } from '#domain/errors';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import type { KnownRun } from '#domain/ledger/ledger';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import type { Migration } from '#domain/migration/migration';
import type { LockAttempts } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { withLockAttempts } from '#lambdas/record/lock-attempts';
import { readPinnedDoor, readPinnedMigration } from '#lambdas/record/pinned-migration';
import { readTakenBack } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { ApprovedInput, RunPin, StepOutput } from '#statemachine/contract';

const state = { name: 'roll-back', title: 'Roll back', judges: rollBack } as const;

type Way = { readonly run: KnownRun; readonly migration: Migration; readonly door: DoorWork | undefined };

/** One version in a run of the checklist; of a rollback that was asked for all its versions, the last one applied first. */
const waysBack = async ({ store }: Ports, run: RunPin): Promise<readonly Way[]> => {
  const { runId, owner } = run;
  if (run.rollback)
    return (await readTakenBack(store, run)).map(({ version, migration, door }) => ({
      run: { version: version.version, migration: version.migration, sha256: version.sha256, runId, owner },
      migration,
      door,
    }));
  const { migration } = await readPinnedMigration(store, run);
  const { version, migration: fileName, sha256 } = run;
  const door = await readPinnedDoor(store, run);
  return [{ run: { version, runId, migration: fileName, sha256, owner }, migration, door }];
};

const requireWayBack = ({ run, migration }: Way) => {
  if (migration.rollback.statements.length > 0) return;
  throw new MigrationRefused(
    `${run.migration} has no way back, so nothing was rolled back; the migration stands. ${placeOfWayBack(migration)}; or restore what Step 5 has saved`,
  );
};

export const run = (input: ApprovedInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    const { by } = await requireApproval(ports, input.run, 'rollback', input.approval);
    facts.put('approvedBy', by);
    facts.put('answerBefore', outcomeIn(earlier));
    facts.put('progress', progressIn(earlier));
    const ways = await waysBack(ports, input.run);
    for (const way of ways) requireWayBack(way);
    const rollBackNow = async (lockAttempts: LockAttempts) => {
      const outcomes = [];
      for (const { run: version, migration, door } of ways)
        outcomes.push(
          await ports.database.rollBack(
            { branchId: 'target' },
            { ...version, statements: migration.rollback.statements, door, limits: ports.settings, lockAttempts },
          ),
        );
      const statements = outcomes.flatMap((outcome) => outcome.statements);
      return { statements, rolledBackAt: outcomes.at(-1)?.rolledBackAt ?? '' };
    };
    const putAttempts = (attempts: readonly LockAttempt[]) => facts.put('lockAttempts', attempts);
    const call = { runId: input.run.runId, name: state.name, attempt: input.attempt };
    facts.put('outcome', await withLockAttempts(ports.store, call, putAttempts, rollBackNow));
    return {};
  });
