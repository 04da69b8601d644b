/** What each type of state does. */
import type { State } from '../definition';
import type { Frame, Produced, Visit } from '../frame';
import { runChoice } from './choice';
import { runFail } from './fail';
import { runMap } from './map';
import { runParallel } from './parallel';
import { runPass } from './pass';
import type { MachineRunner, StateRunner } from './runner';
import { runSucceed } from './succeed';
import { runTask } from './task';
import { runWait } from './wait';

const runners: { readonly [Type in State['Type']]: StateRunner<Extract<State, { Type: Type }>> } = {
  Task: runTask,
  Pass: runPass,
  Choice: runChoice,
  Wait: runWait,
  Parallel: runParallel,
  Map: runMap,
  Succeed: runSucceed,
  Fail: runFail,
};

/** Does a state's own work, once: no Retry, no Catch, no Assign, no Output. */
export const produce = (frame: Frame, visit: Visit, runMachine: MachineRunner): Promise<Produced> =>
  // The table's key is the state's own type, which TypeScript cannot follow through the union.
  (runners[visit.state.Type] as StateRunner<State>)(frame, visit, runMachine);
