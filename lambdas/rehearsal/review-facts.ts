/** What Steps 1 to 3 look at: the migration, and the target as it is before it. */
import type { ReviewFacts } from '#domain/boxes/by-rules';
import type { Kept, ReadFacts } from '#domain/boxes/room';
import type { Catalog } from '#domain/catalog/catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { Ports } from '#lambdas/ports/ports';
import { writeKept } from '#lambdas/record/json';
import { artifactKeys } from '#lambdas/record/keys';
import { putChecks, readPinnedFiles } from '#lambdas/record/pinned-migration';
import type { Gathered } from '#lambdas/record/with-evidence';
import type { RunPin } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

const keepCatalog = async (
  { database, store }: Pick<Ports, 'database' | 'store'>,
  runId: string,
): Promise<Kept<Catalog>> => {
  const catalog = await database.readCatalog(target);
  return writeKept(store, artifactKeys(runId).reviewedCatalog(fingerprintOf(catalog)), catalog);
};

/** Puts down what every review needs, and returns it read. Errors: ChecksumMismatch, DatabaseUnreachable. */
export const gatherReview = async (
  facts: Gathered<ReviewFacts>,
  ports: Pick<Ports, 'database' | 'store'>,
  run: RunPin,
): Promise<ReadFacts<ReviewFacts>> => {
  const { migration, checks } = await readPinnedFiles(ports.store, run);
  facts.putKept('migration', migration);
  putChecks(facts, checks);
  const catalog = await facts.keep('catalog', () => keepCatalog(ports, run.runId));
  const searchPath = await facts.observe('searchPath', () => ports.database.readDefaultSearchPath(target));
  const ledger = await facts.observe('ledger', () => ports.database.readLedger(target));
  return { migration: migration.value, checks: checks?.value ?? null, catalog, ledger, searchPath };
};
