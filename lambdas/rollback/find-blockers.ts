/** Looks, before people are asked, who holds what the rollback needs: they may allow that it is ended. */

import { factsIn } from '#domain/boxes/facts';
import { documentOfRound, type FindBlockersFacts, measuredLocks } from '#domain/boxes/locks-of-rollback';
import { unsavedIn } from '#domain/boxes/unsaved';
import type { Catalog } from '#domain/catalog/catalog';
import { LockNotAvailable } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { NeededLock } from '#domain/locks/in-the-way';
import { messageOf } from '#domain/reports/closing';
import { predictImpact } from '#domain/review/predict-impact';
import { shortened } from '#domain/shorten';
import { withoutSecrets } from '#domain/text/without-secrets';
import type { Ports } from '#lambdas/ports/ports';
import { readRecordedCatalog } from '#lambdas/record/recorded-catalog';
import { readTakenBack } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RunPin, StepOutput } from '#statemachine/contract';
import type { FindBlockersInput } from '#statemachine/rollback-contract';

const target = { branchId: 'target' } as const;

/** Characters: as much as a page shows of it. */
const longestReason = 2_000;

type Needed = Pick<FindBlockersFacts, 'by' | 'locks'>;

/** Whoever is in the way may keep the catalog from being read as well: then the one that the last run has left is as good. */
const readCatalogOr = async ({ store, database }: Ports): Promise<Catalog> => {
  try {
    return await database.readCatalog(target);
  } catch (error) {
    if (!(error instanceof LockNotAvailable)) throw error;
    const last = (await database.readLedger(target)).findLast(({ rolledBackAt }) => rolledBackAt === null);
    const recorded = await readRecordedCatalog(store, last?.catalogFingerprint ?? null);
    if (!recorded) throw error;
    return recorded;
  }
};

/** Of a rollback that no rehearsal has run: by its text, against the target as it is. */
const predictLocks = async (ports: Ports, run: RunPin): Promise<Needed> => {
  const { store, database } = ports;
  const migrations = (await readTakenBack(store, run)).map(({ migration }) => migration);
  const catalog = await readCatalogOr(ports);
  const statistics = await database.estimateTableStatistics(target);
  const searchPath = await database.readDefaultSearchPath(target);
  const locks = migrations.flatMap((migration) =>
    predictImpact({
      migration: { ...migration, statements: migration.rollback.statements },
      catalog,
      statistics,
      searchPath,
    }).flatMap((predicted) => predicted.locks.map(({ table, mode }) => ({ relation: table, mode }))),
  );
  return { by: 'predicted', locks };
};

const findLocks = async (ports: Ports, run: RunPin, earlier: readonly EvidenceDocument[]): Promise<Needed> => {
  const locks = measuredLocks(earlier);
  return locks ? { by: 'measured', locks } : predictLocks(ports, run);
};

/** What kept branch or dump from being made: people may let that be ended too. */
const findWithheld = async (
  { database }: Ports,
  documents: readonly EvidenceDocument[],
): Promise<readonly NeededLock[]> =>
  factsIn(documents, 'rehearse-rollback').noBranch || unsavedIn(documents) ? database.readWithheld(target) : [];

export const run = (input: FindBlockersInput, ports: Ports): Promise<StepOutput> => {
  const state = { name: documentOfRound(input.round), title: 'Find blockers' } as const;
  return withEvidence(ports, state, input, async (facts, earlier) => {
    const { backupFailure } = input;
    if (backupFailure)
      facts.put('backupFailure', {
        because: withoutSecrets(shortened(messageOf(backupFailure.cause), longestReason)),
        error: backupFailure.error,
      });
    const withheld = await findWithheld(ports, earlier);
    const { by, locks: own } = await findLocks(ports, input.run, earlier);
    const locks = [...own, ...withheld];
    facts.put('by', by);
    facts.put('locks', locks);
    facts.put('inTheWay', await ports.database.readInTheWay(target, locks));
    return {};
  });
};
