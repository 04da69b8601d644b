/** Leaves a state: evaluates Assign and Output together against the old variables, journals them, then puts them in force. */
import type { Failure } from './errors';
import { evaluate } from './expressions';
import { bindingsOf, type Frame, type Produced, recall, type Visit, write } from './frame';
import { errorDetails, outputDetails } from './history';
import { requireSize } from './limits';
import { findMatcher } from './retry';

/** The exit of a state; `next` is null at the end of the machine. */
export type Exit = { readonly next: string | null; readonly output: unknown };

type ExitData = { readonly next: string | null; readonly durationMs: number; readonly caught?: Failure };
type ExitDetails = { readonly output: string; readonly assignedVariables?: Readonly<Record<string, string>> };

const parseAll = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(text) as unknown]));

const stringifyAll = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));

const exitKey = (visit: Visit) => `${visit.key}:exited`;

/** The exit that an earlier process journalled, its variables put in force again. */
export const recallExit = (frame: Frame, visit: Visit): Exit | undefined => {
  const line = recall<ExitData>(frame, exitKey(visit));
  if (!line?.event) return undefined;
  const { output, assignedVariables = {} } = line.event.details as ExitDetails;
  frame.variables = { ...frame.variables, ...parseAll(assignedVariables) };
  return { next: line.data.next, output: JSON.parse(output) as unknown };
};

type Evaluated = Omit<Produced, 'result'> & {
  readonly fallback: unknown;
  readonly outcome: { readonly result?: unknown; readonly errorOutput?: unknown };
  readonly caught?: Failure;
};

const finish = async (frame: Frame, visit: Visit, produced: Evaluated): Promise<Exit> => {
  const { leaving, location, next, caught } = produced;
  const bindings = bindingsOf(frame, visit, produced.outcome);
  const assigned = (await evaluate(leaving.Assign ?? {}, bindings, `${location}Assign`)) as Record<string, unknown>;
  const output =
    leaving.Output === undefined ? produced.fallback : await evaluate(leaving.Output, bindings, `${location}Output`);
  requireSize(output, visit.name, 'output');
  requireSize(assigned, visit.name, 'variables');
  frame.signal.throwIfAborted();
  const durationMs = frame.run.clock.now().getTime() - Date.parse(visit.enteredAt);
  write<ExitData>(frame, {
    key: exitKey(visit),
    state: visit.name,
    type: `${visit.state.Type}StateExited`,
    details: {
      name: visit.name,
      ...outputDetails(output),
      ...(Object.keys(assigned).length > 0 && { assignedVariables: stringifyAll(assigned) }),
    },
    data: { next, durationMs, ...(caught && { caught }) },
  });
  frame.variables = { ...frame.variables, ...assigned };
  return { next, output };
};

/** Leaves by the state's own fields, or by those of the choice that matched. */
export const leave = async (frame: Frame, visit: Visit, { result, ...produced }: Produced): Promise<Exit> => {
  if (result !== undefined) requireSize(result, visit.name, 'result');
  const outcome = result === undefined ? {} : { result };
  return finish(frame, visit, { ...produced, outcome, fallback: result === undefined ? visit.input : result });
};

/** Leaves by the first Catch that matches; null when none does. */
export const caughtExit = async (frame: Frame, visit: Visit, failure: Failure): Promise<Exit | null> => {
  const catchers = ('Catch' in visit.state && visit.state.Catch) || [];
  const index = findMatcher(catchers, failure);
  const catcher = catchers[index];
  if (catcher === undefined) return null;
  // AWS always gives both members, also when a timeout has no cause.
  const errorOutput = { Error: failure.error ?? '', Cause: failure.cause ?? '' };
  return finish(frame, visit, {
    leaving: catcher,
    location: `Catch[${index}]/`,
    next: catcher.Next,
    outcome: { errorOutput },
    fallback: errorOutput,
    caught: errorDetails(failure),
  });
};
