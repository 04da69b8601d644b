/** After a failed or interrupted Step 8: asks the ledger what became of the transaction. */
import type { EstablishOutcomeInput, EstablishOutcomeOutput } from '../../statemachine/contract';
import { proveApplied } from '../domain/ledger/prove-applied';
import { withEvidence } from '../evidence';
import type { Ports } from '../ports';

const evidence = { name: '08-establish-outcome', title: 'Establish outcome' };

export const run = (input: EstablishOutcomeInput, ports: Ports): Promise<EstablishOutcomeOutput> =>
  withEvidence(ports, evidence, input, async (notes) => {
    const { version, runId } = input.run;
    const entry = await ports.database.establishOutcome({ branchId: 'target' }, { version, runId });
    notes.fact('failure', input.failure);
    if (entry) {
      notes.take(proveApplied(entry));
      return { outcome: 'committed' as const };
    }
    notes.prove('8.2', 'rolled back: the ledger has no row of this run, and no transaction of it is open', {
      failure: input.failure,
    });
    return { outcome: 'not committed' as const };
  });
