/** Looks, before people are asked, who holds what the rollback needs: they may allow that it is ended. */
import { documentOfRound, type FindBlockersFacts, measuredLocks } from '#domain/boxes/locks-of-rollback';
import type { EvidenceDocument } from '#domain/evidence/document';
import { predictImpact } from '#domain/review/predict-impact';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { readTakenBack } from '#lambdas/record/taken-back';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { FindBlockersInput, RunPin, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

type Needed = Pick<FindBlockersFacts, 'by' | 'locks'>;

/** Of a rollback that no rehearsal has run: by its text, against the target as it is. */
const predictLocks = async ({ store, database }: Ports, run: RunPin): Promise<Needed> => {
  const migrations = run.rollback
    ? (await readTakenBack(store, run)).map(({ migration }) => migration)
    : [(await readPinnedMigration(store, run)).migration];
  const catalog = await database.readCatalog(target);
  const statistics = await database.readTableStatistics(target);
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

export const run = (input: FindBlockersInput, ports: Ports): Promise<StepOutput> => {
  const state = { name: documentOfRound(input.round), title: 'Find blockers' } as const;
  return withEvidence(ports, state, input, async (facts, earlier) => {
    const { by, locks } = await findLocks(ports, input.run, earlier);
    facts.put('by', by);
    facts.put('locks', locks);
    facts.put('inTheWay', await ports.database.readInTheWay(target, locks));
    return {};
  });
};
