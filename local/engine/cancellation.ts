/** Cancellation: every wait ends with the signal of the execution or branch that it belongs to. */
import { WorkIsOver } from './errors';

/** A controller that is aborted with the outer signal; `release` ends the link. */
export const linkedController = (outer: AbortSignal) => {
  const own = new AbortController();
  const follow = () => own.abort(outer.reason);
  if (outer.aborted) follow();
  outer.addEventListener('abort', follow, { once: true });
  return { own, release: () => outer.removeEventListener('abort', follow) };
};

const rejectionOf = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/**
 * Gives the contestants a signal and returns the first result. The signal is aborted when the race is decided, so the losers stop;
 * when the outer signal is aborted, it wins the race.
 */
export const raceWithin = async <T>(
  outer: AbortSignal,
  contestants: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T> => {
  const { own, release } = linkedController(outer);
  try {
    own.signal.throwIfAborted();
    return await Promise.race([rejectionOf(own.signal), ...contestants(own.signal)]);
  } finally {
    release();
    own.abort(new WorkIsOver('decided'));
  }
};
