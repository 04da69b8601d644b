/** Every end that is not the sign-off: tidied up, report written, error and cause for the execution. */
import type { CloseRunInput, CloseRunOutput } from '../../statemachine/contract';
import { closingOf } from '../domain/reports/closing';
import { readEvidenceWithRefs, withEvidence } from '../evidence';
import type { Ports } from '../ports';
import { tidyUp } from './tidy-up';
import { writeReport } from './write-report';

export const run = async (input: CloseRunInput, ports: Ports): Promise<CloseRunOutput> => {
  const { run: pin, decision, failure, rollback } = input;
  const closing = closingOf({ migration: pin.migration, decision, failure, rollback });
  // All of it, because a state that failed has left evidence which no later state could refer to.
  const previous = (await readEvidenceWithRefs(ports.store, pin.runId)).map(({ ref }) => ref);
  const closingState = { name: 'close-run', title: 'Close run' };
  const { evidence } = await withEvidence(ports, closingState, { run: pin, previous }, async (notes) => {
    notes.fact('closing', closing);
    notes.fact('failure', failure);
    notes.fact('rollback', rollback);
    notes.fact('leftBehind', await tidyUp(ports, pin.runId, input.branch));
    return {};
  });
  await writeReport(ports, pin, { outcome: 'failed', cause: closing.cause });
  return { evidence, ...closing };
};
