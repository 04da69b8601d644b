/** Verifies that the target's catalog after the rollback equals the catalog before the migration. */
import { verifyRollback, wayBackOfTarget } from '#domain/boxes/08-apply-migration';
import { factsIn } from '#domain/boxes/facts';
import { outcomeIn } from '#domain/boxes/outcome-of-apply';
import type { Catalog } from '#domain/catalog/catalog';
import { NotRolledBack, VerificationFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { isRowOf } from '#domain/ledger/ledger';
import type { Ports } from '#lambdas/ports/ports';
import { readKept, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { leftOutIn } from '#lambdas/record/left-out';
import { versionsOf } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RunPin, StepOutput } from '#statemachine/contract';
import type { VerifyRollbackInput } from '#statemachine/rollback-contract';

const state = { name: 'verify-rollback', title: 'Verify rollback', judges: verifyRollback } as const;

const target = { branchId: 'target' } as const;

/** When the last of the versions was rolled back; null where one of them was not. Waits for a session that may still be committing. */
const askLedger = async ({ database }: Ports, run: RunPin): Promise<string | null> => {
  const versions = versionsOf(run);
  for (const version of versions) await database.establishOutcome(target, version);
  const { ledger, others } = await database.readTargetState(target);
  const when = versions.map((version) => {
    const row = ledger.find((one) => isRowOf(one, version));
    if (row) return row.rolledBackAt;
    const other = others.find(({ runId, version: number }) => runId === version.runId && number === version.version);
    return other?.state.state === 'rolled back' ? other.state.since : null;
  });
  return when.includes(null) ? null : (when.at(-1) ?? null);
};

const approvedBy = (earlier: readonly EvidenceDocument[]): string =>
  factsIn(earlier, 'roll-back').approvedBy ?? factsIn(earlier, 'approve-rollback').by ?? 'nobody named';

export const run = (input: VerifyRollbackInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    const { store, database } = ports;
    const { runId } = input.run;
    facts.put('answerBefore', outcomeIn(earlier));
    if (input.rollback?.outcome === 'not known') {
      const rolledBackAt = await askLedger(ports, input.run);
      facts.put('established', { rolledBackAt, approvedBy: approvedBy(earlier) });
      if (rolledBackAt === null)
        throw new NotRolledBack(
          `the ledger says that ${input.run.migration} is not rolled back as a whole, so the rollback that gave no answer was not made; the schema was compared with nothing`,
        );
    }
    const recorded = input.rehearsal.catalogBefore;
    if (!recorded)
      throw new VerificationFailed(
        'no run has recorded the schema from before the migration, so the one after the rollback could not be compared with it',
      );
    const before = await facts.keep('catalogBefore', () => readKept<Catalog>(store, recorded));
    const after = await facts.keep('catalogAfterRollback', async () =>
      writeKept(store, artifactKeys(runId).catalog('after-rollback'), await database.readCatalog(target)),
    );
    const leftOut = leftOutIn(earlier);
    facts.put('leftOut', leftOut);
    const way = wayBackOfTarget({ catalogBefore: before, catalogAfterRollback: after, leftOut });
    if (way.verdict === 'differs')
      throw new VerificationFailed(
        `the schema after the rollback differs from the one before the migration: ${way.differences.slice(0, 5).join('; ')}`,
      );
    return {};
  });
