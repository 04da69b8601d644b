/** After a failed or interrupted Step 8: asks the ledger, and the restart points, what became of it. */
import { establishOutcome } from '#domain/boxes/08-apply-migration';
import { progressInWords } from '#domain/ledger/progress';
import type { Ports } from '#lambdas/ports/ports';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { EstablishOutcomeInput, EstablishOutcomeOutput } from '#statemachine/contract';

const state = { name: '08-establish-outcome', title: 'Establish outcome', judges: establishOutcome } as const;

export const run = (input: EstablishOutcomeInput, ports: Ports): Promise<EstablishOutcomeOutput> =>
  withEvidence(ports, state, input, async (facts) => {
    const { failure } = input;
    facts.put('failure', failure);
    const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, input.run);
    facts.put('entry', entry);
    facts.put('progress', progress);
    if (entry) return { outcome: 'committed' as const, failure };
    if (!progress) return { outcome: 'not committed' as const, failure };
    const standing = progressInWords(progress);
    return { outcome: 'partly applied' as const, failure: { ...failure, committed: true, standing } };
  });
