/** The operations of the Step Functions API that the engine serves: request members in, answer members out. */
import type { Engine, ExecutionDescription, ExecutionSummary, HistoryEvent, StateMachine } from './engine';
import { ApiError } from './errors';
import { detailsMemberOf } from './history';
import { mostBytes } from './limits';
import { isStateMachineArn, roleArn } from './names';
import {
  jsonText,
  optionalFlag,
  optionalOneOf,
  optionalText,
  type Parameters,
  pageOf,
  requiredText,
} from './wire-parameters';

type Operation = (engine: Engine, parameters: Parameters) => Promise<object>;

/** JSON 1.0 writes times as seconds since 1970, with fractions. */
const seconds = (date: Date) => date.getTime() / 1_000;

const included = { included: true };
const executionData = new Set(['input', 'inputDetails', 'output', 'outputDetails']);

const requireStateMachine = (engine: Engine, parameters: Parameters): StateMachine => {
  const arn = requiredText(parameters, 'stateMachineArn');
  if (!isStateMachineArn(arn)) throw new ApiError('InvalidArn', `${JSON.stringify(arn)} is not a state machine's ARN`);
  const found = engine.stateMachines.find(({ stateMachineArn }) => stateMachineArn === arn);
  if (found) return found;
  const there = engine.stateMachines.map(({ stateMachineArn }) => stateMachineArn).join(', ');
  throw new ApiError('StateMachineDoesNotExist', `there is no ${arn}; there is ${there}`);
};

const summaryMembers = ({ startDate, stopDate, ...rest }: ExecutionSummary) => ({
  ...rest,
  startDate: seconds(startDate),
  ...(stopDate && { stopDate: seconds(stopDate) }),
});

const descriptionMembers = ({ input, output, error, cause, ...summary }: ExecutionDescription) => ({
  ...summaryMembers(summary),
  input: JSON.stringify(input),
  inputDetails: included,
  ...(output !== undefined && { output: JSON.stringify(output), outputDetails: included }),
  ...(error !== undefined && { error }),
  ...(cause !== undefined && { cause }),
  redriveCount: 0,
  redriveStatus: 'NOT_REDRIVABLE',
  redriveStatusReason: 'The local engine does not redrive executions.',
});

const eventMembers = ({ timestamp, details, ...event }: HistoryEvent, withData: boolean) => {
  const shown = Object.entries(details ?? {}).filter(([name]) => withData || !executionData.has(name));
  return {
    ...event,
    timestamp: seconds(new Date(timestamp)),
    ...(details && { [detailsMemberOf(event.type)]: Object.fromEntries(shown) }),
  };
};

const stateMachineMembers = (engine: Engine, { stateMachineArn }: StateMachine) => ({
  stateMachineArn,
  name: stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1),
  type: 'STANDARD',
  creationDate: seconds(engine.openedAt),
});

const failureMembers = (parameters: Parameters) => {
  const error = optionalText(parameters, 'error', 256);
  const cause = optionalText(parameters, 'cause', 32_768);
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
};

const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'PENDING_REDRIVE'] as const;

export const operations: Readonly<Record<string, Operation>> = {
  StartExecution: async (engine, parameters) => {
    const { stateMachineArn } = requireStateMachine(engine, parameters);
    const name = optionalText(parameters, 'name');
    const text = optionalText(parameters, 'input', mostBytes) ?? '{}';
    const input = jsonText(text, 'InvalidExecutionInput', 'input');
    const { executionArn, startDate } = await engine.startExecution({
      stateMachineArn,
      input,
      ...(name !== undefined && { name }),
    });
    return { executionArn, startDate: seconds(startDate) };
  },
  DescribeExecution: async (engine, parameters) =>
    descriptionMembers(await engine.describeExecution(requiredText(parameters, 'executionArn'))),
  ListExecutions: async (engine, parameters) => {
    const { stateMachineArn } = requireStateMachine(engine, parameters);
    const status = optionalOneOf(parameters, 'statusFilter', statuses);
    const all = (await engine.listExecutions()).filter((summary) => summary.stateMachineArn === stateMachineArn);
    const { page, ...more } = pageOf(
      all.filter((summary) => status === undefined || summary.status === status),
      parameters,
    );
    return { executions: page.map(summaryMembers), ...more };
  },
  GetExecutionHistory: async (engine, parameters) => {
    const events = await engine.history(requiredText(parameters, 'executionArn'));
    const ordered = optionalFlag(parameters, 'reverseOrder', false) ? events.toReversed() : events;
    const withData = optionalFlag(parameters, 'includeExecutionData', true);
    const { page, ...more } = pageOf(ordered, parameters);
    return { events: page.map((event) => eventMembers(event, withData)), ...more };
  },
  StopExecution: async (engine, parameters) => {
    const arn = requiredText(parameters, 'executionArn');
    const { stopDate } = await engine.stopExecution(arn, failureMembers(parameters));
    return { stopDate: seconds(stopDate) };
  },
  SendTaskSuccess: async (engine, parameters) => {
    const token = requiredText(parameters, 'taskToken');
    const output = requiredText(parameters, 'output', mostBytes);
    await engine.sendTaskSuccess(token, jsonText(output, 'InvalidOutput', 'output'));
    return {};
  },
  SendTaskFailure: async (engine, parameters) => {
    await engine.sendTaskFailure(requiredText(parameters, 'taskToken'), failureMembers(parameters));
    return {};
  },
  SendTaskHeartbeat: async (engine, parameters) => {
    await engine.sendTaskHeartbeat(requiredText(parameters, 'taskToken'));
    return {};
  },
  ListStateMachines: async (engine) => ({
    stateMachines: engine.stateMachines.map((one) => stateMachineMembers(engine, one)),
  }),
  DescribeStateMachine: async (engine, parameters) => {
    const stateMachine = requireStateMachine(engine, parameters);
    const definition = JSON.stringify(stateMachine.definition);
    return { ...stateMachineMembers(engine, stateMachine), status: 'ACTIVE', definition, roleArn };
  },
};
