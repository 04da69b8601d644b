import { withoutLeftOut } from '#domain/backup/left-out';
import { verifySchema } from '#domain/boxes/09-verify-schema';
import { differencesFromRehearsed } from '#domain/catalog/as-rehearsed';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { VerificationFailed } from '#domain/errors';
import type { Ports } from '#lambdas/ports/ports';
import { readKept, writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { leftOutIn } from '#lambdas/record/left-out';
import { recordCatalog } from '#lambdas/record/recorded-catalog';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { notRehearsedIn } from '#lambdas/rehearsal/beyond';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/** What was rehearsed is what was applied: the target's catalog equals the branch's. */
export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 9, verifySchema, input, async (facts, earlier) => {
    const { store, database } = ports;
    const { catalogBefore, catalogAfter } = input.rehearsal;
    const before = await facts.keep('catalogBefore', () => readKept<Catalog>(store, catalogBefore));
    const applied = await facts.keep('catalogApplied', async () =>
      writeKept(store, artifactKeys(input.run.runId).catalog('applied'), await database.readCatalog(target)),
    );
    const leftOut = leftOutIn(earlier);
    facts.put('leftOut', leftOut);
    const rehearsed =
      catalogAfter && (await facts.keep('catalogRehearsed', () => readKept<Catalog>(store, catalogAfter)));
    if (!rehearsed) facts.put('notRehearsed', notRehearsedIn(earlier));
    const differences = rehearsed ? differencesFromRehearsed(before, rehearsed, withoutLeftOut(applied, leftOut)) : [];
    if (differences.length > 0)
      throw new VerificationFailed(
        `the target's schema differs from the rehearsed one: ${differences.slice(0, 5).join('; ')}; somebody changed the target meanwhile, or the migration depends on its data`,
      );
    const fingerprint = fingerprintOf(applied);
    await recordCatalog(store, fingerprint, applied);
    await database.recordFingerprint(target, input.run.version, fingerprint);
    return {};
  });
