/** The engine's time: absolute deadlines, so that a wait survives a restart and a machine that slept. */
import { setTimeout as sleep } from 'node:timers/promises';

export type Clock = {
  now(): Date;
  /** Waits, or rejects when the signal is aborted. Left out: real timers. */
  wait?(milliseconds: number, signal: AbortSignal): Promise<void>;
};

// 30 s: we read the wall clock again at least this often, because timers stop while a laptop sleeps. It is also far
// below 24.8 days, from where on Node fires timers at once.
const longestTimerMs = 30_000;

const realWait = (milliseconds: number, signal: AbortSignal) =>
  sleep(Math.min(milliseconds, longestTimerMs), undefined, { signal });

/** Returns at the deadline, at once when it has passed. Rejects with the signal's reason when that is aborted first. */
export const waitUntil = async (clock: Clock, deadlineMs: number, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted();
    const leftMs = deadlineMs - clock.now().getTime();
    if (leftMs <= 0) return;
    try {
      await (clock.wait ?? realWait)(leftMs, signal);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  }
};
