/** Plans a task before its handler is called: arguments, timeouts, token. */
import type { TaskState } from '../definition';
import { evaluate, evaluateAs, textValue, wholeNumber } from '../expressions';
import { attemptKeyOf, bindingsOf, type Frame, recall, type Visit, write } from '../frame';
import { requireSize } from '../limits';
import { issueToken } from '../waiting-tasks';
import { scheduledResourceOf, waitsForToken } from './resource';

type Parameters = { readonly FunctionName: string; readonly Payload?: unknown };

type ScheduledData = {
  /** Null for a task that ends with its handler. */
  readonly token: string | null;
  readonly timeoutSeconds: number | null;
  readonly heartbeatSeconds: number | null;
  /** The deadline for the answer to the token, which holds across restarts of this process. */
  readonly deadlineMs: number | null;
};

export type Scheduled = ScheduledData & { readonly parameters: Parameters };

const seconds = wholeNumber(1, 99_999_999);

const plan = async (frame: Frame, visit: Visit<TaskState>): Promise<Scheduled> => {
  const { Arguments, TimeoutSeconds, HeartbeatSeconds } = visit.state;
  const token = waitsForToken(visit.state) ? issueToken(frame.run.identity.journalId) : null;
  const bindings = bindingsOf(frame, visit, token === null ? {} : { token });
  const FunctionName = await evaluateAs(Arguments.FunctionName, bindings, 'Arguments/FunctionName', textValue);
  const Payload = await evaluate(Arguments.Payload ?? {}, bindings, 'Arguments/Payload');
  requireSize(Payload, visit.name, 'arguments');
  const numberOf = async (field: number | string | undefined, name: string) =>
    field === undefined ? null : evaluateAs(field, bindings, name, seconds);
  const timeoutSeconds = await numberOf(TimeoutSeconds, 'TimeoutSeconds');
  const heartbeatSeconds = await numberOf(HeartbeatSeconds, 'HeartbeatSeconds');
  const deadlineMs =
    token === null || timeoutSeconds === null ? null : frame.run.clock.now().getTime() + timeoutSeconds * 1_000;
  return { token, timeoutSeconds, heartbeatSeconds, deadlineMs, parameters: { FunctionName, Payload } };
};

/** Plans the task and journals the plan, token and deadline included; or reads what an earlier process planned. */
export const scheduleTask = async (frame: Frame, visit: Visit<TaskState>): Promise<Scheduled> => {
  const key = `${attemptKeyOf(visit)}:scheduled`;
  const line = recall<ScheduledData>(frame, key);
  if (line) return { ...line.data, parameters: JSON.parse(String(line.event?.details?.['parameters'])) as Parameters };
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
  return { ...data, parameters: JSON.parse(JSON.stringify(parameters)) as Parameters };
};
