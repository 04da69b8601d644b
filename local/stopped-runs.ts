/** Stands in for the EventBridge rule on AWS: a function closes a stopped execution, because none of its states runs any more. */
import type { Engine, ExecutionEvent } from '#local/engine/engine';
import type { StoppedExecution } from '#statemachine/contract';

export type StoppedRuns = {
  hear(event: ExecutionEvent): void;
  /** Closes the stopped runs that an earlier process did not close; the function does nothing for closed ones. */
  resume(): Promise<void>;
  /** Resolves when this run is closed. */
  closed(runId: string, cause: string): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
};

export const createStoppedRuns = (
  engine: Engine,
  close: (stopped: StoppedExecution) => Promise<unknown>,
  onWarning: (text: string) => void,
): StoppedRuns => {
  const underWay = new Set<Promise<unknown>>();
  const start = (runId: string, cause: string | null) => {
    const closing = close({ runId, status: 'ABORTED', cause })
      .catch((error: Error) => onWarning(`the stopped run ${runId} could not be closed: ${error.message}`))
      .finally(() => underWay.delete(closing));
    underWay.add(closing);
  };
  return {
    hear: ({ kind, name, cause, replayed }) => {
      if (kind === 'ExecutionAborted' && !replayed) start(name, cause ?? null);
    },
    resume: async () => {
      for (const { name } of await engine.listExecutions({ status: 'ABORTED' })) start(name, null);
    },
    closed: async (runId, cause) => {
      await Promise.all(underWay);
      await close({ runId, status: 'ABORTED', cause });
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
};
