/** The scope in which a machine runs: the top of an execution, one branch of a Parallel state or one iteration of a Map state. */
import type { Leaving, State } from './definition';
import type { Bindings } from './expressions';
import type { JournalLine } from './journal';
import { roleArn } from './names';
import type { NewLine, Run } from './run';

export type Frame = {
  readonly run: Run;
  /** Prefix of the journal keys: `` at the top, `3.0/1/` in branch 1 of the first attempt of the state visited fourth. */
  readonly path: string;
  /** Variables of the outer scopes; they do not change while the branch runs. */
  readonly outer: Bindings;
  /** This scope's own variables. */
  variables: Bindings;
  readonly signal: AbortSignal;
  lastEventId: number;
};

/** One stay in a state. */
export type Visit<S extends State = State> = {
  readonly name: string;
  readonly state: S;
  readonly key: string;
  readonly input: unknown;
  readonly enteredId: number;
  /** ISO 8601. */
  readonly enteredAt: string;
  /** 0 at first, then one more with each retry. */
  readonly attempt: number;
};

/** A state's result before its Assign and Output are evaluated. */
export type Produced = {
  readonly result?: unknown;
  /** The fields that apply on leaving: the state's own, or those of the choice that matched. */
  readonly leaving: Leaving;
  /** Their path in the state, for messages: `Choices[0]/` or nothing. */
  readonly location: string;
  readonly next: string | null;
};

type Line<T> = Omit<JournalLine, 'data'> & { readonly data: T };

/** The line that an earlier process wrote under this key. */
export const recall = <T = undefined>(frame: Frame, key: string): Line<T> | undefined => {
  const line = frame.run.recall(key);
  if (line?.event) frame.lastEventId = line.event.id;
  return line as Line<T> | undefined;
};

export const write = <T = undefined>(frame: Frame, line: Omit<NewLine, 'previousEventId'> & { data?: T }): Line<T> => {
  const written = frame.run.append({ ...line, previousEventId: frame.lastEventId });
  if (written.event) frame.lastEventId = written.event.id;
  return written as Line<T>;
};

/** Writes a line unless an earlier process did. */
export const note = (frame: Frame, line: Omit<NewLine, 'previousEventId'>) =>
  recall(frame, line.key) ?? write(frame, line);

export const attemptKeyOf = (visit: Visit) => `${visit.key}.${visit.attempt}`;

const retriable = new Set(['Task', 'Parallel', 'Map']);

const contextOf = ({ run: { identity } }: Frame, visit: Visit, token?: string) => ({
  Execution: {
    Id: identity.executionArn,
    Input: identity.input,
    Name: identity.name,
    RoleArn: roleArn,
    StartTime: identity.startDate,
    RedriveCount: 0,
  },
  StateMachine: { Id: identity.stateMachineArn, Name: identity.stateMachineName },
  State: {
    Name: visit.name,
    EnteredTime: visit.enteredAt,
    ...(retriable.has(visit.state.Type) && { RetryCount: visit.attempt }),
  },
  ...(token !== undefined && { Task: { Token: token } }),
});

/** Everything that an expression of this state can name: the variables and `$states`. */
export const bindingsOf = (
  frame: Frame,
  visit: Visit,
  more: { readonly result?: unknown; readonly errorOutput?: unknown; readonly token?: string } = {},
): Bindings => {
  const { token, ...outcome } = more;
  return {
    ...frame.outer,
    ...frame.variables,
    states: { input: visit.input, context: contextOf(frame, visit, token), ...outcome },
  };
};

export const nextOf = (state: { readonly Next?: string }) => state.Next ?? null;
