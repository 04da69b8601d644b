/** What became of the rollback that a failed run had asked for, from the documents of the run that it became. */
import { type FactsByDocument, factsIn } from '#domain/boxes/facts';
import { takenBackIn } from '#domain/boxes/outcome-of-apply';
import type { RollbackOfRun } from '#domain/boxes/rollback-of-run';
import type { StoredEvidence } from '#domain/evidence/chain';
import { isSameJson } from '#domain/evidence/same-json';
import { messageOf } from '#domain/reports/closing';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { Failure } from '#statemachine/contract';
import type { RollbackOutcome, RollbackRun } from '#statemachine/rollback-contract';
import { readClosedList } from './closed-list';
import { closeRunState } from './closing';

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

const outcomeOf = (closed: StoredEvidence | undefined, rollbackRun: RollbackRun): RollbackOutcome => {
  if (!closed) return neverOpened(rollbackRun);
  const facts = factsIn([closed.document], 'close-run');
  return (facts.rollback as RollbackOutcome | null | undefined) ?? beforeAsking(facts);
};

export type ReadRollback = {
  readonly run: RollbackOfRun;
  readonly rollback: RollbackOutcome;
  /** It has written the incident report. */
  readonly isReported: boolean;
};

export const readRollbackOfRun = async (store: ArtifactStore, rollbackRun: RollbackRun): Promise<ReadRollback> => {
  const { runId } = rollbackRun;
  const { evidence } = await readClosedList(store, { runId, name: null, previous: null });
  const documents = evidence.map(({ document }) => document);
  const closed = evidence.find(({ document }) => document.name === closeRunState.name);
  const rollback = outcomeOf(closed, rollbackRun);
  return {
    rollback,
    isReported: documents.some(({ name, error }) => name === 'report-incident' && error === null),
    run: {
      runId,
      closing: closed?.ref ?? null,
      outcome: rollback.outcome,
      takenBack: takenBackIn(documents),
      remaining: factsIn(documents, 'verify-rollback').differences ?? [],
    },
  };
};

/**
 * One sentence where a run says of its rollback what that run's own documents do not; empty is good, and where they are not in this store:
 * then only its closing document's hash tells which they were.
 */
export const verifyRollbackOfRun = async (
  store: ArtifactStore,
  stored: readonly StoredEvidence[],
): Promise<readonly string[]> => {
  const document = stored.find((one) => one.document.name === 'establish-rollback');
  const said = document && factsIn([document.document], 'establish-rollback').rollbackRun;
  if (!said?.closing || !(await store.read(said.closing.key))) return [];
  const { run } = await readRollbackOfRun(store, { runId: said.runId });
  return isSameJson(run, said)
    ? []
    : [`${document?.ref.key} says of run ${said.runId} what that run's own documents do not say`];
};
