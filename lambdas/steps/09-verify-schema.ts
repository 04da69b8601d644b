import { verifySchema } from '#domain/boxes/09-verify-schema';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readReferenced, writeJson } from '#lambdas/record/json';
import { recordedCatalogKey } from '#lambdas/record/keys';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/** What was rehearsed is what was applied: the target's catalog equals the branch's. */
export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 9, input, async (notes) => {
    const before = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogBefore);
    const rehearsed = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogAfter);
    const applied = await ports.database.readCatalog(target);
    const { boxes, differences } = verifySchema({ before, rehearsed, applied });
    notes.take(boxes);
    if (differences.length > 0)
      throw new VerificationFailed(
        `the target's schema is not the rehearsed one: ${differences.slice(0, 5).join('; ')}; somebody changed the target meanwhile, or the migration depends on its data`,
      );
    const fingerprint = fingerprintOf(applied);
    await writeJson(ports.store, recordedCatalogKey(fingerprint), applied);
    await ports.database.recordFingerprint(target, input.run.version, fingerprint);
    notes.fact('catalogFingerprint', fingerprint);
    return {};
  });
