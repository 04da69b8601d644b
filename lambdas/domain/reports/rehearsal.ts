/** What the evidence holds of the rehearsal, put together for whoever shows it. */

import type { ComparedStatement } from '#domain/dry-run/compare-prediction';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { DataLoss } from '#domain/tables/data-loss';

export type Rehearsal = {
  readonly statements: readonly ComparedStatement[];
  /** What the migration changes in the catalog, as describeDifference tells it. */
  readonly difference: readonly string[];
  /** What remains different after the rollback, told alike; null when it was not run. */
  readonly afterRollback: readonly string[] | null;
  /** What is lost by up, and by down; null for what was not run. */
  readonly losses: { readonly up: DataLoss | null; readonly down: DataLoss | null };
};

const factsOf = (documents: readonly EvidenceDocument[], number: string): Readonly<Record<string, unknown>> | null => {
  const document = documents.findLast(({ name }) => name.startsWith(`${number}-`));
  if (!document) return null;
  // A box's facts stand beside its answer, the others in the document itself.
  return Object.assign({}, ...document.boxes.map(({ facts }) => facts ?? {}), document.facts);
};

/** Null as long as nothing was rehearsed. */
export const rehearsalIn = (documents: readonly EvidenceDocument[]): Rehearsal | null => {
  const up = factsOf(documents, '06');
  if (!up || !Array.isArray(up['assessed'])) return null;
  const down = factsOf(documents, '13');
  return {
    statements: up['assessed'] as Rehearsal['statements'],
    difference: (up['difference'] ?? []) as readonly string[],
    afterRollback: (down?.['differences'] ?? null) as readonly string[] | null,
    losses: {
      up: (up['dataLoss'] ?? null) as DataLoss | null,
      down: (down?.['dataLoss'] ?? null) as DataLoss | null,
    },
  };
};
