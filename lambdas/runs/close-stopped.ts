/** After an execution was stopped, ran out of its time or failed: no state runs any more, so this closes the run where none has. */
import { isRowOf } from '#domain/ledger/ledger';
import { progressInWords } from '#domain/ledger/progress';
import type { Ports } from '#lambdas/ports/ports';
import { pinnedKeys, reportKeys } from '#lambdas/record/keys';
import type { RunPin, StoppedExecution } from '#statemachine/contract';
import type { RollbackOutcome } from '#statemachine/rollback-contract';
import { run as closeRun } from './close-run';

/** Of a rollback that was asked for: what the ledger says of its versions. Null where it may have ended in another way than by being stopped. */
const rollbackSoFar = async (
  { database }: Ports,
  { rollback }: RunPin,
  error: StoppedExecution['status'],
  because: string,
): Promise<RollbackOutcome | null> => {
  if (!rollback) return null;
  const ledger = await database.readLedger({ branchId: 'target' });
  const back = rollback.versions.filter((version) => ledger.find((row) => isRowOf(row, version))?.rolledBackAt);
  if (back.length === 0) return error === 'FAILED' ? null : { outcome: 'stopped', error, cause: because };
  const outcome = back.length === rollback.versions.length ? 'rolled back and differs' : 'failed';
  return { outcome, error, cause: `the execution ended before its end: ${because}` };
};

/** Idempotent. Nothing is done for an execution that was stopped before it had pinned anything, or whose report is written. */
export const run = async ({ runId, status, cause }: StoppedExecution, ports: Ports): Promise<void> => {
  const pin = await ports.store.read(pinnedKeys(runId).run);
  if (!pin || (await ports.store.read(reportKeys(runId).json))) return;
  const run = JSON.parse(pin.toString('utf8')) as RunPin;
  const because = cause ?? (status === 'FAILED' ? 'it failed before its run was closed' : 'it was stopped');
  const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, run);
  const failure = {
    state: 'The execution',
    error: status,
    cause: because,
    committed: progress !== null || (entry !== null && entry.rolledBackAt === null),
    ...(progress && { standing: progressInWords(progress) }),
  };
  await closeRun(
    {
      run,
      previous: [],
      branch: null,
      decision: null,
      failure,
      rollback: await rollbackSoFar(ports, run, status, because),
    },
    ports,
  );
};
