/** A clock for waits that nobody has to sit through. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#local/engine/clock';

/** Pauses between attempts are as good as over; what people and functions are given (more than 30 seconds) is waited for. */
export const hurriedClock = (): Clock => {
  let aheadMs = 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    wait: async (milliseconds, signal) => {
      if (milliseconds > 30_000) return sleep(30_000, undefined, { signal });
      await sleep(1, undefined, { signal });
      aheadMs += milliseconds;
    },
  };
};
