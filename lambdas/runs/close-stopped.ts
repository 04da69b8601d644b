/** After an execution was stopped, ran out of its time or failed: no state runs any more, so this closes the run where none has. */
import { progressInWords } from '#domain/ledger/progress';
import type { Ports } from '#lambdas/ports/ports';
import { pinnedKeys, reportKeys } from '#lambdas/record/keys';
import type { RunPin, StoppedExecution } from '#statemachine/contract';
import { run as closeRun } from './close-run';

/** Idempotent. Nothing is done for an execution that was stopped before it had pinned anything, or whose report is written. */
export const run = async ({ runId, status, cause }: StoppedExecution, ports: Ports): Promise<void> => {
  const pin = await ports.store.read(pinnedKeys(runId).run);
  if (!pin || (await ports.store.read(reportKeys(runId).json))) return;
  const run = JSON.parse(pin.toString('utf8')) as RunPin;
  const { entry, progress } = await ports.database.establishOutcome({ branchId: 'target' }, run);
  const failure = {
    state: 'The execution',
    error: status,
    cause: cause ?? (status === 'FAILED' ? 'it failed before its run was closed' : 'it was stopped'),
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
      rollback: null,
    },
    ports,
  );
};
