/** Every end that is not the sign-off: tidied up, report written, error and cause for the execution. */
import type { CloseRunInput, CloseRunOutput } from '../../statemachine/contract';
import type { EvidenceDocument } from '../domain/evidence/document';
import { closingOf } from '../domain/reports/closing';
import { readEarlierEvidence, withEvidence } from '../evidence';
import type { Ports } from '../ports';
import { listBelongings } from './list-belongings';
import { noteLeftBehind, tidyUp } from './tidy-up';
import { writeReport } from './write-report';

/** What `Verify rollback` saw and let pass; nothing when it did not run. */
const remainingAfterRollback = (documents: readonly EvidenceDocument[]): readonly string[] => {
  const differences = documents.find(({ name }) => name === 'verify-rollback')?.facts['differences'];
  return Array.isArray(differences) ? differences.map(String) : [];
};

export const run = async (input: CloseRunInput, ports: Ports): Promise<CloseRunOutput> => {
  const { run: pin, decision, failure, rollback } = input;
  const state = { name: 'close-run', title: 'Close run' };
  // All of it, because a state that failed has left evidence which no later state could refer to.
  const earlier = await readEarlierEvidence(ports.store, pin.runId, state.name);
  const remaining = remainingAfterRollback(earlier.map(({ document }) => document));
  const closing = closingOf({ migration: pin.migration, decision, failure, rollback, remaining });
  const previous = earlier.map(({ ref }) => ref);
  const { evidence } = await withEvidence(ports, state, { run: pin, previous }, async (notes) => {
    notes.fact('closing', closing);
    notes.fact('failure', failure);
    notes.fact('rollback', rollback);
    notes.fact('belongings', await listBelongings(ports.store, pin.runId, state.name));
    noteLeftBehind(notes, await tidyUp(ports, pin.runId, input.branch));
    return {};
  });
  await writeReport(ports, pin, { outcome: 'failed', cause: closing.cause });
  return { evidence, ...closing };
};
