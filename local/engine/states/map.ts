import { runBranches } from '../branches';
import type { MapState } from '../definition';
import { BranchCancelled } from '../errors';
import { evaluateAs, wholeNumber } from '../expressions';
import { attemptKeyOf, bindingsOf, type Frame, nextOf, note, recall, type Visit, write } from '../frame';
import { noteFailedState } from './failed-state';
import type { StateRunner } from './runner';

type Started = { readonly items: readonly unknown[]; readonly concurrency: number };

const list = { what: 'a list', is: (value: unknown): value is readonly unknown[] => Array.isArray(value) };

// AWS runs at most 40 inline iterations side by side; 0 means as many as that.
const mostIterations = 40;

const planIterations = async (frame: Frame, visit: Visit<MapState>): Promise<Started> => {
  const { Items = '{% $states.input %}', MaxConcurrency = 0 } = visit.state;
  const bindings = bindingsOf(frame, visit);
  const items = await evaluateAs(Items, bindings, 'Items', list);
  const concurrency = await evaluateAs(MaxConcurrency, bindings, 'MaxConcurrency', wholeNumber(0, 10_000));
  return { items, concurrency: Math.min(concurrency === 0 ? mostIterations : concurrency, mostIterations) };
};

const noteIteration = async (frame: Frame, visit: Visit, index: number, iterate: () => Promise<unknown>) => {
  const noteIts = (what: string) =>
    note(frame, {
      key: `${frame.path}iteration:${what}`,
      state: visit.name,
      type: `MapIteration${what}`,
      details: { name: visit.name, index },
    });
  noteIts('Started');
  try {
    const output = await iterate();
    noteIts('Succeeded');
    return output;
  } catch (error) {
    if (!frame.signal.aborted) noteIts('Failed');
    else if (frame.signal.reason instanceof BranchCancelled) noteIts('Aborted');
    throw error;
  }
};

export const runMap: StateRunner<MapState> = async (frame, visit, runMachine) => {
  const { name, state } = visit;
  const key = attemptKeyOf(visit);
  let started = recall<Started>(frame, `${key}:started`);
  if (!started) {
    const data = await planIterations(frame, visit);
    const details = { length: data.items.length };
    started = write(frame, { key: `${key}:started`, state: name, type: 'MapStateStarted', details, data });
  }
  const { items, concurrency } = started.data;
  const result = await noteFailedState(frame, visit, () =>
    runBranches(
      frame,
      items.map((item, index) => ({
        path: `${key}/${index}/`,
        work: (child) => noteIteration(child, visit, index, () => runMachine(child, state.ItemProcessor, item)),
      })),
      concurrency,
    ),
  );
  note(frame, { key: `${key}:succeeded`, state: name, type: 'MapStateSucceeded' });
  return { result, leaving: state, location: '', next: nextOf(state) };
};
