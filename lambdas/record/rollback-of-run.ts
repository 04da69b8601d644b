/** What became of the rollback that a failed run had asked for, from the documents of the run that it became. */
import { type FactsByDocument, factsIn } from '#domain/boxes/facts';
import { takenBackIn } from '#domain/boxes/outcome-of-apply';
import type { RollbackOfRun } from '#domain/boxes/rollback-of-run';
import { RollbackNotClosed } from '#domain/errors';
import type { StoredEvidence } from '#domain/evidence/chain';
import { isSameJson } from '#domain/evidence/same-json';
import { messageOf } from '#domain/reports/closing';
import type { ArtifactStore } from '#lambdas/ports/store';
import type { Failure, RunPin } from '#statemachine/contract';
import type { RollbackOutcome, RollbackRun } from '#statemachine/rollback-contract';
import { readClosedList } from './closed-list';
import { closeRunState } from './closing';
import { pinnedKeys } from './keys';

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

/** Whoever may start rollbacks may give one this name: only what the pin says tells whose it is. */
const isAskedForBy = ({ rollback }: RunPin, runId: string): boolean =>
  rollback?.failedRun?.runId === runId && rollback.versions.at(-1)?.runId === runId;

const ofAnother = ({ runId, migration, startedBy, rollback }: RunPin, askedFor: string): RollbackOutcome => {
  const what = rollback ? `a rollback of ${migration} that ${startedBy} asked for` : `a run of ${migration}`;
  return {
    outcome: 'not known',
    error: 'RollbackOfAnother',
    cause: `run ${runId}, which has the name that the rollback of run ${askedFor} takes, is ${what} and was not asked for by run ${askedFor}: whether anybody was asked about this one is not known`,
  };
};

export type ReadRollback = {
  readonly run: RollbackOfRun;
  readonly rollback: RollbackOutcome;
  /** It has written the incident report. */
  readonly isReported: boolean;
};

/** Of a run whose documents say nothing of the rollback. */
const unheard = (runId: string, rollback: RollbackOutcome): ReadRollback => ({
  rollback,
  isReported: false,
  run: { runId, closing: null, outcome: rollback.outcome, takenBack: null, remaining: [] },
});

const readPin = async (store: ArtifactStore, runId: string): Promise<RunPin | null> => {
  const bytes = await store.read(pinnedKeys(runId).run);
  return bytes && (JSON.parse(bytes.toString('utf8')) as RunPin);
};

/**
 * `askedFor` is the id of the run that has failed. Errors: RollbackNotClosed while the rollback is open, or was stopped and is not closed
 * yet: what it has done stands in no document before that.
 */
export const readRollbackOfRun = async (
  store: ArtifactStore,
  rollbackRun: RollbackRun,
  askedFor: string,
): Promise<ReadRollback> => {
  const { runId } = rollbackRun;
  const pin = await readPin(store, runId);
  if (!pin) return unheard(runId, neverOpened(rollbackRun));
  if (!isAskedForBy(pin, askedFor)) return unheard(runId, ofAnother(pin, askedFor));
  const { evidence } = await readClosedList(store, { runId, name: null, previous: null });
  const documents = evidence.map(({ document }) => document);
  const closed = evidence.find(({ document }) => document.name === closeRunState.name && document.error === null);
  if (!closed)
    throw new RollbackNotClosed(
      `run ${runId}, the rollback that run ${askedFor} asked for, is not closed, so what became of it is not known; wait until its report is there, then look at it`,
    );
  const facts = factsIn([closed.document], 'close-run');
  const rollback = (facts.rollback as RollbackOutcome | null | undefined) ?? beforeAsking(facts);
  return {
    rollback,
    isReported: documents.some(({ name, error }) => name === 'report-incident' && error === null),
    run: {
      runId,
      closing: closed.ref,
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
  if (!document || !said?.closing || !(await store.read(said.closing.key))) return [];
  const { run } = await readRollbackOfRun(store, { runId: said.runId }, document.document.runId);
  return isSameJson(run, said)
    ? []
    : [`${document.ref.key} says of run ${said.runId} what that run's own documents do not say`];
};
