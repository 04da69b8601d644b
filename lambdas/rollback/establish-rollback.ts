/** Finds out what became of the rollback that a failed run had asked for: it is a run of its own, and its documents say it. */

import { type FactsByDocument, factsIn } from '#domain/boxes/facts';
import { outcomeIn, progressIn, takenBackIn } from '#domain/boxes/outcome-of-apply';
import { establishRollback, type RollbackOfRun } from '#domain/boxes/rollback-of-run';
import type { StoredEvidence } from '#domain/evidence/chain';
import { messageOf } from '#domain/reports/closing';
import type { Ports } from '#lambdas/ports/ports';
import { readClosedList } from '#lambdas/record/closed-list';
import { closeRunState } from '#lambdas/record/closing';
import { withEvidence } from '#lambdas/record/with-evidence';
import type { Failure } from '#statemachine/contract';
import type {
  EstablishRollbackInput,
  EstablishRollbackOutput,
  RollbackOutcome,
  RollbackRun,
} from '#statemachine/rollback-contract';

const state = { name: 'establish-rollback', title: 'Establish rollback', judges: establishRollback } as const;

type Ended = { readonly Error?: string; readonly Cause?: string };

/** Of a nested execution that failed Step Functions gives the description, as JSON; of one that was not started a sentence. */
const endedIn = ({ error, cause = '' }: RollbackRun): Ended => {
  try {
    return JSON.parse(cause) as Ended;
  } catch {
    return { ...(error !== undefined && { Error: error }), Cause: cause };
  }
};

/** It was refused before it had a run, or could not be started at all. */
const neverOpened = (rollbackRun: RollbackRun): RollbackOutcome => {
  const { Error: error = 'RollbackNotOpened', Cause: cause = 'nobody said why' } = endedIn(rollbackRun);
  return { outcome: 'not asked', error, cause: messageOf(cause) };
};

/** What came before anybody was asked is why nobody was; its run has said what remains. */
const beforeAsking = ({ closing, failure }: Partial<FactsByDocument['close-run']>): RollbackOutcome => ({
  outcome: 'not asked',
  error: (failure as Failure | null)?.error ?? 'RunClosed',
  cause: closing?.cause ?? 'its run was closed, and did not say why',
});

const outcomeOf = (evidence: readonly StoredEvidence[], rollbackRun: RollbackRun): RollbackOutcome => {
  const closed = evidence.find(({ document }) => document.name === closeRunState.name);
  if (!closed) return neverOpened(rollbackRun);
  const facts = factsIn([closed.document], 'close-run');
  return (facts.rollback as RollbackOutcome | null | undefined) ?? beforeAsking(facts);
};

const readRollback = async (
  { store }: Pick<Ports, 'store'>,
  rollbackRun: RollbackRun,
): Promise<{ readonly run: RollbackOfRun; readonly rollback: RollbackOutcome; readonly isReported: boolean }> => {
  const { runId } = rollbackRun;
  const { evidence } = await readClosedList(store, { runId, name: null, previous: null });
  const documents = evidence.map(({ document }) => document);
  const rollback = outcomeOf(evidence, rollbackRun);
  return {
    rollback,
    isReported: documents.some(({ name, error }) => name === 'report-incident' && error === null),
    run: {
      runId,
      closing: evidence.find(({ document }) => document.name === closeRunState.name)?.ref ?? null,
      outcome: rollback.outcome,
      takenBack: takenBackIn(documents),
      remaining: factsIn(documents, 'verify-rollback').differences ?? [],
    },
  };
};

export const run = (input: EstablishRollbackInput, ports: Ports): Promise<EstablishRollbackOutput> =>
  withEvidence(ports, state, input, async (facts, earlier) => {
    facts.put('answerBefore', outcomeIn(earlier));
    facts.put('progress', progressIn(earlier));
    const { run: rollbackRun, rollback, isReported } = await readRollback(ports, input.rollbackRun);
    facts.put('rollbackRun', rollbackRun);
    return { rollback, isReported };
  });
