/** Runs machines side by side within a state: branches of Parallel, iterations of Map. The first failure stops the others. */
import { linkedController } from './cancellation';
import { BranchCancelled, StateFailed } from './errors';
import type { Frame } from './frame';

export type Branch = {
  /** Prefix of the branch's journal keys. */
  readonly path: string;
  readonly work: (frame: Frame) => Promise<unknown>;
};

/** The outputs in order. Rejects with the first failure, after every other branch has stopped. */
export const runBranches = async (
  frame: Frame,
  branches: readonly Branch[],
  concurrency: number,
): Promise<readonly unknown[]> => {
  const { own, release } = linkedController(frame.signal);
  const outer = { ...frame.outer, ...frame.variables };
  const startedAfter = frame.lastEventId;
  const outputs: unknown[] = [];
  const failures: unknown[] = [];
  const waiting = [...branches.entries()];

  const runOne = async (index: number, { path, work }: Branch) => {
    const child: Frame = {
      run: frame.run,
      path,
      outer,
      variables: {},
      signal: own.signal,
      lastEventId: startedAfter,
    };
    try {
      outputs[index] = await work(child);
      if (failures.length === 0) frame.lastEventId = child.lastEventId;
    } catch (error) {
      if (failures.length === 0) frame.lastEventId = child.lastEventId;
      failures.push(error);
      own.abort(
        frame.signal.aborted
          ? frame.signal.reason
          : new BranchCancelled(error instanceof StateFailed ? error.state : null),
      );
    }
  };
  const takeTurns = async () => {
    for (let next = waiting.shift(); next !== undefined && !own.signal.aborted; next = waiting.shift())
      await runOne(...next);
  };

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, branches.length) }, takeTurns));
  } finally {
    release();
  }
  frame.signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  return outputs;
};
