/** After an execution was stopped, ran out of its time or failed: no state runs any more, so this closes the run where none has. */
import { isRowOf } from '#domain/ledger/ledger';
import { progressInWords } from '#domain/ledger/progress';
import type { ApplyState, TargetState } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { readClosedList } from '#lambdas/record/closed-list';
import { pinnedKeys, reportKeys } from '#lambdas/record/keys';
import { hasProvedEnd } from '#lambdas/record/proved-end';
import type { RunPin, StoppedExecution, TakenBackVersion } from '#statemachine/contract';
import type { RollbackOutcome } from '#statemachine/rollback-contract';
import { run as closeRun } from './close-run';

type Stopped = { readonly error: StoppedExecution['status']; readonly because: string };

/** What the target says of a version that a rollback takes back, also of one that stands in part. */
const stateOf = ({ ledger, others }: TargetState, version: TakenBackVersion) => {
  const row = ledger.find((one) => isRowOf(one, version));
  const other = others.find(({ runId, version: number }) => runId === version.runId && number === version.version);
  const state = (row ?? other)?.state?.state;
  return row?.rolledBackAt || state === 'rolled back' ? 'back' : state === 'being rolled back' ? 'begun' : 'untouched';
};

/** The document of `Verify rollback`, where it came to its end and found nothing. */
const isVerified = async ({ store }: Ports, { runId }: RunPin): Promise<boolean> => {
  const { evidence } = await readClosedList(store, { runId, name: 'close-run', previous: null });
  return evidence.some(({ document: { name, error } }) => name === 'verify-rollback' && error === null);
};

/** Of a rollback that was asked for: what the target says of its versions. Null where it may have ended in another way than by being stopped. */
const rollbackSoFar = async (
  ports: Ports,
  run: RunPin,
  versions: readonly TakenBackVersion[],
  { error, because }: Stopped,
): Promise<RollbackOutcome | null> => {
  const state = await ports.database.readTargetState({ branchId: 'target' });
  const states = versions.map((version) => stateOf(state, version));
  if (states.every((one) => one === 'untouched'))
    return error === 'FAILED' ? null : { outcome: 'stopped', error, cause: because };
  const cause = `the execution ended before its end: ${because}`;
  if (!states.every((one) => one === 'back')) return { outcome: 'failed', error, cause };
  return (await isVerified(ports, run))
    ? { outcome: 'rolled back' }
    : { outcome: 'rolled back and differs', error, cause };
};

/** Of a run of the checklist: its rollback may have been stopped with it, and only the ledger says how far that had come. */
const rolledBackMeanwhile = (entry: ApplyState['entry'], { error, because }: Stopped): RollbackOutcome | null =>
  entry === null || entry.rolledBackAt === null
    ? null
    : {
        outcome: 'not known',
        error,
        cause: `${because}; the ledger says that it was rolled back on ${entry.rolledBackAt}`,
      };

/**
 * A function of the stopped execution may still be at work: the outcome is read and the lease ends under one lock, so that what is
 * said here stays true. Idempotent. Nothing is done for an execution that was stopped before it had pinned anything, or whose report is written.
 */
export const run = async ({ runId, status, cause }: StoppedExecution, ports: Ports): Promise<void> => {
  const pin = await ports.store.read(pinnedKeys(runId).run);
  if (!pin) return;
  if ((await ports.store.read(reportKeys(runId).json)) && (await hasProvedEnd(ports, runId))) return;
  const run = JSON.parse(pin.toString('utf8')) as RunPin;
  const because = cause ?? (status === 'FAILED' ? 'it failed before its run was closed' : 'it was stopped');
  const stopped = { error: status, because };
  const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, run, 'always');
  const failure = {
    state: 'The execution',
    error: status,
    cause: because,
    committed: progress !== null || entry !== null,
    ...(progress && { standing: progressInWords(progress) }),
  };
  await closeRun(
    {
      run,
      previous: [],
      branch: null,
      decision: null,
      failure,
      rollback: run.rollback
        ? await rollbackSoFar(ports, run, run.rollback.versions, stopped)
        : rolledBackMeanwhile(entry, stopped),
    },
    ports,
  );
};
