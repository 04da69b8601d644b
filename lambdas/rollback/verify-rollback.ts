/** After the rollback the target's catalog must be the one of before the migration. */

import type { Catalog } from '#domain/catalog/catalog';
import { differenceOf } from '#domain/catalog/difference';
import { judgeRollback } from '#domain/catalog/judge-rollback';
import { VerificationFailed } from '#domain/errors';
import { answerCompared, verifyRollbackState } from '#domain/ledger/taken-back';
import type { Ports } from '#lambdas/ports/ports';
import { readEarlierEvidence } from '#lambdas/record/evidence';
import { readReferenced } from '#lambdas/record/json';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withEvidence(ports, verifyRollbackState, input, async (notes) => {
    const before = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogBefore);
    const { verdict, differences, compared } = judgeRollback(
      differenceOf(before, await ports.database.readCatalog({ branchId: 'target' })),
      null,
    );
    notes.fact('verdict', verdict);
    notes.fact('differences', differences);
    notes.fact('compared', compared);
    const earlier = await readEarlierEvidence(ports.store, input.run.runId, verifyRollbackState.name);
    notes.take([
      answerCompared(
        earlier.map(({ document }) => document),
        compared,
      ),
    ]);
    if (verdict === 'differs')
      throw new VerificationFailed(
        `after the rollback the schema is not the one of before: ${differences.slice(0, 5).join('; ')}`,
      );
    return {};
  });
