/** Follows a machine from StartAt to its end. */
import type { Machine } from './definition';
import { interpreterFailure } from './errors';
import type { Frame } from './frame';
import { visitState } from './visit';

/** The machine's output. Throws StateFailed when a state fails and nothing catches it. */
export const runMachine = async (frame: Frame, machine: Machine, input: unknown): Promise<unknown> => {
  let at = { name: machine.StartAt, input };
  for (let visits = 0; ; visits++) {
    const state = machine.States[at.name];
    // Only a journal of another definition can lead here; load.ts verifies every Next.
    if (state === undefined) throw interpreterFailure('States.Runtime', `There is no state '${at.name}'.`);
    const { next, output } = await visitState(frame, { ...at, state, key: `${frame.path}${visits}` }, runMachine);
    if (next === null) return output;
    at = { name: next, input: output };
  }
};
