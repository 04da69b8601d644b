/** How a task ended. */
import { type Clock, waitUntil } from '../clock';
import type { Failure } from '../errors';
import type { WaitingTask } from '../waiting-tasks';

export type Settled =
  | { readonly kind: 'succeeded'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'timed out'; readonly failure: Failure };

export const timedOut: Settled = { kind: 'timed out', failure: { error: 'States.Timeout' } };

/** Settles at the deadline; never when there is none. */
export const timeOutAt = async (clock: Clock, deadlineMs: number, signal: AbortSignal): Promise<Settled> => {
  await waitUntil(clock, deadlineMs, signal);
  return timedOut;
};

/** Settles when no heartbeat has come for so long; each one moves the deadline on. */
export const missHeartbeat = async (
  clock: Clock,
  task: WaitingTask,
  heartbeatSeconds: number,
  signal: AbortSignal,
): Promise<Settled> => {
  const due = () => task.lastHeartbeatMs + heartbeatSeconds * 1_000;
  while (clock.now().getTime() < due()) await waitUntil(clock, due(), signal);
  return { kind: 'timed out', failure: { error: 'States.Timeout', isHeartbeat: true } };
};
