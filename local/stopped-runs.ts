/** What EventBridge does on AWS: an execution that was stopped is closed by a function of its own, for it has no state left. */

import type { Engine, ExecutionEvent } from '#local/engine/engine';
import type { StoppedExecution } from '#statemachine/contract';

export type StoppedRuns = {
  hear(event: ExecutionEvent): void;
  /** Closes those that an earlier process had no time to close; the function does nothing for those that are closed. */
  resume(): Promise<void>;
  /** Resolves when this run is closed, by whoever. */
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
