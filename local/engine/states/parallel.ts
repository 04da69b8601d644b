import { runBranches } from '../branches';
import type { ParallelState } from '../definition';
import { evaluate } from '../expressions';
import { attemptKeyOf, bindingsOf, nextOf, note, recall, write } from '../frame';
import { noteFailedState } from './failed-state';
import type { StateRunner } from './runner';

export const runParallel: StateRunner<ParallelState> = async (frame, visit, runMachine) => {
  const { name, state, input } = visit;
  const key = attemptKeyOf(visit);
  const started =
    recall<{ readonly input: unknown }>(frame, `${key}:started`) ??
    write(frame, {
      key: `${key}:started`,
      state: name,
      type: 'ParallelStateStarted',
      data: {
        input:
          state.Arguments === undefined
            ? input
            : await evaluate(state.Arguments, bindingsOf(frame, visit), 'Arguments'),
      },
    });
  const result = await noteFailedState(frame, visit, () =>
    runBranches(
      frame,
      state.Branches.map((branch, index) => ({
        path: `${key}/${index}/`,
        work: (child) => runMachine(child, branch, started.data.input),
      })),
      state.Branches.length,
    ),
  );
  note(frame, { key: `${key}:succeeded`, state: name, type: 'ParallelStateSucceeded' });
  return { result, leaving: state, location: '', next: nextOf(state) };
};
