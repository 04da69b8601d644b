/** What the evidence holds of the rehearsal, put together for whoever shows it. */
import { differenceIn } from '#domain/boxes/06-dry-run';
import { revertedIn } from '#domain/boxes/13-test-rollback';
import { factsIn } from '#domain/boxes/facts';
import type { ComparedStatement } from '#domain/dry-run/compare-prediction';
import { withLosses } from '#domain/dry-run/statement-harm';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { DataLoss } from '#domain/tables/data-loss';

export type Rehearsal = {
  readonly statements: readonly ComparedStatement[];
  /** What the migration changes in the catalog, as describeDifference says it. */
  readonly difference: readonly string[];
  /** What remains different after the rollback, in the same words; null when it was not run. */
  readonly afterRollback: readonly string[] | null;
  /** What is lost by up, and by down; null for what was not run. */
  readonly losses: { readonly up: DataLoss | null; readonly down: DataLoss | null };
};

/** Null as long as nothing was rehearsed. */
export const rehearsalIn = (documents: readonly EvidenceDocument[]): Rehearsal | null => {
  const { assessed, dataLoss } = factsIn(documents, '06-dry-run');
  if (!assessed) return null;
  return {
    statements: withLosses(assessed, dataLoss ?? null),
    difference: differenceIn(documents),
    afterRollback: revertedIn(documents)?.differences ?? null,
    losses: { up: dataLoss ?? null, down: factsIn(documents, '13-test-rollback').dataLoss ?? null },
  };
};
