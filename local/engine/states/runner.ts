/** The shape of every state type's own work. */
import type { Machine, State } from '../definition';
import type { Frame, Produced, Visit } from '../frame';

/** Runs a nested machine to its end and returns its output. */
export type MachineRunner = (frame: Frame, machine: Machine, input: unknown) => Promise<unknown>;

export type StateRunner<S extends State> = (
  frame: Frame,
  visit: Visit<S>,
  runMachine: MachineRunner,
) => Promise<Produced>;
