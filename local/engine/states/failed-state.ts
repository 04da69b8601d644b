/** The failure of a state that has branches: journalled at once, so that a replay does not start the other branches again. */
import { type Failure, StateFailed } from '../errors';
import { attemptKeyOf, type Frame, recall, type Visit, write } from '../frame';

/** Runs the branches, unless an earlier process saw one of them fail. */
export const noteFailedState = async <T>(frame: Frame, visit: Visit, runThem: () => Promise<T>): Promise<T> => {
  const key = `${attemptKeyOf(visit)}:failed`;
  const failed = recall<Failure>(frame, key);
  if (failed) throw new StateFailed(failed.data);
  try {
    return await runThem();
  } catch (error) {
    if (error instanceof StateFailed && !frame.signal.aborted)
      write(frame, { key, state: visit.name, type: `${visit.state.Type}StateFailed`, data: error.failure });
    throw error;
  }
};
