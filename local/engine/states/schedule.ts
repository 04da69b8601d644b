/** Plans a task before its handler is called: arguments, timeouts, token. */
import type { ExecutionArguments, FunctionArguments, TaskState } from '../definition';
import { evaluate, evaluateAs, textValue, wholeNumber } from '../expressions';
import { attemptKeyOf, bindingsOf, type Frame, recall, type Visit, write } from '../frame';
import { requireSize } from '../limits';
import { issueToken } from '../waiting-tasks';
import { scheduledResourceOf, startsExecution, waitsForToken } from './resource';

type ScheduledData = {
  /** Null for a task that ends with its handler. */
  readonly token: string | null;
  readonly timeoutSeconds: number | null;
  readonly heartbeatSeconds: number | null;
  /** The deadline for what others have to do, which holds across restarts of this process: an answer, the end of an execution. */
  readonly deadlineMs: number | null;
};

export type Scheduled = ScheduledData & { readonly parameters: FunctionArguments };
export type ScheduledExecution = ScheduledData & { readonly parameters: ExecutionArguments };

const seconds = wholeNumber(1, 99_999_999);

type Bindings = ReturnType<typeof bindingsOf>;

const planCall = async (given: FunctionArguments, bindings: Bindings, state: string): Promise<FunctionArguments> => {
  const FunctionName = await evaluateAs(given.FunctionName, bindings, 'Arguments/FunctionName', textValue);
  const Payload = await evaluate(given.Payload ?? {}, bindings, 'Arguments/Payload');
  requireSize(Payload, state, 'arguments');
  return { FunctionName, Payload };
};

const planExecution = async (
  given: ExecutionArguments,
  bindings: Bindings,
  state: string,
): Promise<ExecutionArguments> => {
  const StateMachineArn = await evaluateAs(given.StateMachineArn, bindings, 'Arguments/StateMachineArn', textValue);
  const Name =
    given.Name === undefined ? {} : { Name: await evaluateAs(given.Name, bindings, 'Arguments/Name', textValue) };
  const Input = await evaluate(given.Input ?? {}, bindings, 'Arguments/Input');
  requireSize(Input, state, 'arguments');
  return { StateMachineArn, ...Name, Input };
};

const plan = async (frame: Frame, visit: Visit<TaskState>): Promise<Scheduled | ScheduledExecution> => {
  const { Arguments, TimeoutSeconds, HeartbeatSeconds } = visit.state;
  const token = waitsForToken(visit.state) ? issueToken(frame.run.identity.journalId) : null;
  const bindings = bindingsOf(frame, visit, token === null ? {} : { token });
  const parameters =
    'StateMachineArn' in Arguments
      ? await planExecution(Arguments, bindings, visit.name)
      : await planCall(Arguments, bindings, visit.name);
  const numberOf = async (field: number | string | undefined, name: string) =>
    field === undefined ? null : evaluateAs(field, bindings, name, seconds);
  const timeoutSeconds = await numberOf(TimeoutSeconds, 'TimeoutSeconds');
  const heartbeatSeconds = await numberOf(HeartbeatSeconds, 'HeartbeatSeconds');
  const deadlineMs =
    timeoutSeconds === null || (token === null && !startsExecution(visit.state))
      ? null
      : frame.run.clock.now().getTime() + timeoutSeconds * 1_000;
  return { token, timeoutSeconds, heartbeatSeconds, deadlineMs, parameters } as Scheduled | ScheduledExecution;
};

/** The resource has decided which they are. */
const withParameters = (data: ScheduledData, parameters: string) =>
  ({ ...data, parameters: JSON.parse(parameters) as unknown }) as Scheduled | ScheduledExecution;

/** Plans the task and journals the plan, token and deadline included; or reads what an earlier process planned. */
export const scheduleTask = async (frame: Frame, visit: Visit<TaskState>): Promise<Scheduled | ScheduledExecution> => {
  const key = `${attemptKeyOf(visit)}:scheduled`;
  const line = recall<ScheduledData>(frame, key);
  if (line) return withParameters(line.data, String(line.event?.details?.['parameters']));
  const scheduled = await plan(frame, visit);
  frame.signal.throwIfAborted();
  const { parameters, ...data } = scheduled;
  write(frame, {
    key,
    state: visit.name,
    type: 'TaskScheduled',
    data,
    details: {
      ...scheduledResourceOf(visit.state),
      parameters: JSON.stringify(parameters),
      ...(data.timeoutSeconds !== null && { timeoutInSeconds: data.timeoutSeconds }),
      ...(data.heartbeatSeconds !== null && { heartbeatInSeconds: data.heartbeatSeconds }),
    },
  });
  // A copy without links into variables or input, as the handler would get it over the network.
  return withParameters(data, JSON.stringify(parameters));
};
