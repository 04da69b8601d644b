/** After a failed or interrupted Step 8: asks the ledger, and the restart points, what became of it. */

import { proveApplied } from '#domain/boxes/08-apply-migration';
import { describeProgress } from '#domain/ledger/progress';
import type { Ports } from '#lambdas/ports/ports';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { EstablishOutcomeInput, EstablishOutcomeOutput } from '#statemachine/contract';

const evidence = { name: '08-establish-outcome', title: 'Establish outcome' };

export const run = (input: EstablishOutcomeInput, ports: Ports): Promise<EstablishOutcomeOutput> =>
  withEvidence(ports, evidence, input, async (notes) => {
    const { failure } = input;
    const { version, runId } = input.run;
    const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, { version, runId });
    notes.fact('failure', failure);
    if (entry) {
      notes.take(proveApplied(entry));
      return { outcome: 'committed' as const, failure };
    }
    if (progress) {
      const standing = describeProgress(progress);
      notes.fact('progress', progress);
      notes.fail('8.2', `${standing}; the ledger has no row of this run`, { failure, progress });
      return { outcome: 'partly applied' as const, failure: { ...failure, committed: true, standing } };
    }
    notes.prove('8.2', 'rolled back: the ledger has no row of this run, and no transaction of it is open', { failure });
    return { outcome: 'not committed' as const, failure };
  });
