/** Stands in for the EventBridge rule on AWS: a function closes the run of an execution that was stopped or failed. */
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

/** Those that may have ended without a state that closed their run. */
const statuses = { ExecutionAborted: 'ABORTED', ExecutionFailed: 'FAILED' } as const;

export const createStoppedRuns = (
  engine: Engine,
  close: (stopped: StoppedExecution) => Promise<unknown>,
  onWarning: (text: string) => void,
): StoppedRuns => {
  const underWay = new Set<Promise<unknown>>();
  const start = (runId: string, status: StoppedExecution['status'], cause: string | null) => {
    const closing = close({ runId, status, cause })
      .catch((error: Error) => onWarning(`the ended run ${runId} could not be closed: ${error.message}`))
      .finally(() => underWay.delete(closing));
    underWay.add(closing);
  };
  return {
    hear: ({ kind, name, cause, replayed }) => {
      const status = statuses[kind as keyof typeof statuses];
      if (status && !replayed) start(name, status, cause ?? null);
    },
    resume: async () => {
      for (const status of Object.values(statuses))
        for (const { name } of await engine.listExecutions({ status })) start(name, status, null);
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
