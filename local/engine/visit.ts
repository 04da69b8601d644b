/** One stay in a state: entered, tried, retried, caught, left. It only reads what an earlier process has finished. */
import { waitUntil } from './clock';
import type { State } from './definition';
import { BranchCancelled, type Failure, StateFailed } from './errors';
import { attemptKeyOf, type Frame, note, recall, type Visit, write } from './frame';
import { inputDetails } from './history';
import { caughtExit, type Exit, leave, recallExit } from './leave';
import { findMatcher, mostAttempts, retryDelayMs } from './retry';
import { produce } from './states';
import type { MachineRunner } from './states/runner';

type Entrance = { readonly name: string; readonly input: unknown; readonly state: State; readonly key: string };

/** The failure with the state named in its cause and, when JSONata failed, an event of its own. */
const explain = (frame: Frame, visit: Visit, { isInterpreters, location, ...failure }: Failure): Failure => {
  if (!isInterpreters) return failure;
  const where = `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.enteredId}).`;
  const explained = { ...failure, cause: `${where} ${failure.cause}` };
  if (location !== undefined)
    note(frame, {
      key: `${attemptKeyOf(visit)}:evaluation-failed:${location}`,
      state: visit.name,
      type: 'EvaluationFailed',
      details: { error: explained.error, cause: explained.cause, location, state: visit.name },
    });
  return explained;
};

/** Waits for the next attempt; false when no Retry matches or its attempts are used up. */
const waitForRetry = async (frame: Frame, visit: Visit, failure: Failure, retries: number[]): Promise<boolean> => {
  const retriers = ('Retry' in visit.state && visit.state.Retry) || [];
  const index = findMatcher(retriers, failure);
  const retrier = retriers[index];
  if (retrier === undefined) return false;
  const retry = (retries[index] ?? 0) + 1;
  if (retry > mostAttempts(retrier)) return false;
  retries[index] = retry;
  const { clock, random } = frame.run;
  const key = `${attemptKeyOf(visit)}:retry`;
  let planned = recall<{ readonly atMs: number }>(frame, key);
  if (!planned) {
    const delayMs = retryDelayMs(retrier, retry, random);
    const data = { atMs: clock.now().getTime() + delayMs, delayMs, failure };
    planned = write<{ readonly atMs: number }>(frame, { key, state: visit.name, data });
  }
  await frame.run.sync();
  await waitUntil(clock, planned.data.atMs, frame.signal);
  return true;
};

const tryUntilDone = async (frame: Frame, first: Visit, runMachine: MachineRunner): Promise<Exit> => {
  const retries: number[] = [];
  for (let attempt = 0; ; attempt++) {
    const visit = { ...first, attempt };
    try {
      return await leave(frame, visit, await produce(frame, visit, runMachine));
    } catch (error) {
      if (!(error instanceof StateFailed) || frame.signal.aborted) throw error;
      const failure = explain(frame, visit, error.failure);
      if (await waitForRetry(frame, visit, failure, retries)) continue;
      const caught = await caughtExit(frame, visit, failure);
      if (caught) return caught;
      throw new StateFailed(failure, error.state);
    }
  }
};

/** Runs the state to its exit. Throws StateFailed when no Retry or Catch of the state handles the failure. */
export const visitState = async (frame: Frame, entrance: Entrance, runMachine: MachineRunner): Promise<Exit> => {
  const { key, name, state, input } = entrance;
  const entered = note(frame, {
    key: `${key}:entered`,
    state: name,
    type: `${state.Type}StateEntered`,
    details: { name, ...inputDetails(input) },
  }).event;
  const visit = { ...entrance, enteredId: entered?.id ?? 0, enteredAt: entered?.timestamp ?? '', attempt: 0 };
  const exited = recallExit(frame, visit);
  if (exited) return exited;
  const failed = recall<Failure>(frame, `${key}:failed`);
  if (failed) throw new StateFailed(failed.data, name);
  try {
    return await tryUntilDone(frame, visit, runMachine);
  } catch (error) {
    if (frame.signal.aborted) {
      // Stopped because a sibling failed; for a stopped execution or a closed engine nothing more is written.
      if (frame.signal.reason instanceof BranchCancelled)
        note(frame, {
          key: `${key}:aborted`,
          state: name,
          type: `${state.Type}StateAborted`,
          data: { failure: { cause: frame.signal.reason.message } },
        });
      throw error;
    }
    if (!(error instanceof StateFailed)) throw error;
    const failure = explain(frame, visit, error.failure);
    write(frame, { key: `${key}:failed`, state: name, data: failure });
    throw new StateFailed(failure, error.state ?? name);
  }
};
