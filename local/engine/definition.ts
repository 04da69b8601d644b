/** A workflow as the engine runs it: Amazon States Language, JSONata only, after load.ts has accepted it. */

export type Retrier = {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
};

/** The output and variables of a state, a choice or a catcher; strings in `{% %}` are JSONata. */
export type Leaving = { readonly Assign?: Readonly<Record<string, unknown>>; readonly Output?: unknown };

export type Catcher = Leaving & { readonly ErrorEquals: readonly string[]; readonly Next: string };

type Onward = { readonly Next?: string; readonly End?: true };
type Guarded = { readonly Retry?: readonly Retrier[]; readonly Catch?: readonly Catcher[] };

/** A number, or JSONata that gives one. */
export type NumberField = number | string;

export const taskResources = [
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken',
  'arn:aws:states:::states:startExecution.sync:2',
] as const;

export type FunctionArguments = { readonly FunctionName: string; readonly Payload?: unknown };
export type ExecutionArguments = { readonly StateMachineArn: string; readonly Name?: string; readonly Input?: unknown };

export type TaskState = Leaving &
  Onward &
  Guarded & {
    readonly Type: 'Task';
    readonly Resource: (typeof taskResources)[number];
    /** Those of an execution where the resource starts one; load.ts has looked. */
    readonly Arguments: FunctionArguments | ExecutionArguments;
    readonly TimeoutSeconds?: NumberField;
    readonly HeartbeatSeconds?: NumberField;
  };
export type PassState = Leaving & Onward & { readonly Type: 'Pass' };
export type ChoiceState = Leaving & {
  readonly Type: 'Choice';
  readonly Choices: readonly (Leaving & { readonly Condition: unknown; readonly Next: string })[];
  readonly Default?: string;
};
export type WaitState = Leaving &
  Onward & { readonly Type: 'Wait'; readonly Seconds?: NumberField; readonly Timestamp?: string };
export type ParallelState = Leaving &
  Onward &
  Guarded & { readonly Type: 'Parallel'; readonly Branches: readonly Machine[]; readonly Arguments?: unknown };
export type MapState = Leaving &
  Onward &
  Guarded & {
    readonly Type: 'Map';
    readonly ItemProcessor: Machine;
    readonly Items?: unknown;
    readonly MaxConcurrency?: NumberField;
  };
export type SucceedState = { readonly Type: 'Succeed'; readonly Output?: unknown };
export type FailState = { readonly Type: 'Fail'; readonly Error?: string; readonly Cause?: string };

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

export type Machine = { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
