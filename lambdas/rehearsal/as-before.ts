/** Whether the target's schema still is the one of which the branch was made. */
import { factsIn } from '#domain/boxes/facts';
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { VerificationFailed } from '#domain/errors';
import type { EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced } from '#lambdas/record/json';

/** Errors: VerificationFailed. */
export const requireKept = (kept: { readonly artifact: EvidenceRef } | undefined, what: string): EvidenceRef => {
  if (kept) return kept.artifact;
  throw new VerificationFailed(`${what} to compare the target with; start a new run`);
};

/** Against the catalog of which the branch was made, as Step 4 has kept it; one sentence each, empty is good. */
export const differencesFromBefore = async (
  { store }: Pick<Ports, 'store'>,
  earlier: readonly EvidenceDocument[],
  now: Catalog,
): Promise<readonly string[]> => {
  const { catalog } = factsIn(earlier, '04-environment-check');
  const before = await readReferenced<Catalog>(store, requireKept(catalog, 'Step 4 has kept no catalog'));
  return describeDifference(differenceOf(before, now));
};

/** Errors: VerificationFailed, with the first of them. */
export const refuseDifferences = (differences: readonly string[]): void => {
  if (differences.length === 0) return;
  throw new VerificationFailed(
    `the target's schema is not the one that was rehearsed any more: ${differences.slice(0, 5).join('; ')}. Put the change into a migration or undo it, then start again`,
  );
};
