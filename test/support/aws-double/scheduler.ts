/** Amazon EventBridge Scheduler (REST-JSON): CreateSchedule and DeleteSchedule. It calls nothing: a test does, when it is time. */
import { type JsonObject, jsonAnswer, jsonRefusal, readJson } from './json-service';
import { notSpoken, type Operation, Refused, requireKnown, type Service, type WireRequest } from './wire';

export type MadeSchedule = {
  readonly name: string;
  readonly groupName: string;
  /** `rate(5 minutes)`. */
  readonly expression: string;
  /** Null: it begins at once. */
  readonly startDate: Date | null;
  readonly endDate: Date;
  readonly targetArn: string;
  readonly roleArn: string;
  readonly input: unknown;
};

export type SchedulerDouble = Service & {
  readonly schedules: ReadonlyMap<string, MadeSchedule>;
  onMade(listener: (schedule: MadeSchedule) => void): () => void;
};

export type SchedulerOptions = {
  readonly arnOf: (groupName: string, name: string) => string;
  readonly groupNames: readonly string[];
};

const members = [
  ...['ScheduleExpression', 'StartDate', 'EndDate', 'ActionAfterCompletion', 'FlexibleTimeWindow'],
  ...['Target', 'GroupName', 'ClientToken'],
];
const targetMembers = ['Arn', 'RoleArn', 'Input', 'RetryPolicy'];

const rate = /^rate\((1 minute|([2-9]|[1-9]\d+) minutes)\)$/;

const invalid = (message: string) => new Refused(400, 'ValidationException', message);

const readSchedule = (name: string, input: JsonObject): MadeSchedule => {
  requireKnown('Scheduler', 'CreateSchedule', Object.keys(input), members);
  const target = input['Target'] as JsonObject;
  requireKnown('Scheduler', 'CreateSchedule', Object.keys(target), targetMembers);
  const expression = String(input['ScheduleExpression']);
  if (!rate.test(expression)) throw invalid(`Invalid Schedule Expression ${expression}.`);
  const endDate = new Date(Number(input['EndDate']) * 1_000);
  if (!(endDate.getTime() > Date.now())) throw invalid('The EndDate you specify must come after now.');
  if (!/^[\w.-]{1,64}$/.test(name)) throw invalid('1 validation error detected: name');
  return {
    name,
    expression,
    startDate: input['StartDate'] === undefined ? null : new Date(Number(input['StartDate']) * 1_000),
    endDate,
    groupName: String(input['GroupName']),
    targetArn: String(target['Arn']),
    roleArn: String(target['RoleArn']),
    input: JSON.parse(String(target['Input'])),
  };
};

export const createScheduler = ({ arnOf, groupNames }: SchedulerOptions): SchedulerDouble => {
  const schedules = new Map<string, MadeSchedule>();
  const listeners = new Set<(schedule: MadeSchedule) => void>();

  const requireGroup = (groupName: string) => {
    if (!groupNames.includes(groupName))
      throw new Refused(404, 'ResourceNotFoundException', `Schedule group ${groupName} does not exist.`);
  };

  const create = (name: string, request: WireRequest): Operation => {
    const schedule = readSchedule(name, readJson(request));
    const arn = arnOf(schedule.groupName, name);
    const passed = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
    return {
      name: 'CreateSchedule',
      asks: [
        { action: 'scheduler:CreateSchedule', resource: arn },
        { action: 'iam:PassRole', resource: schedule.roleArn, context: passed },
      ],
      perform: () => {
        requireGroup(schedule.groupName);
        if (schedules.has(name)) throw new Refused(409, 'ConflictException', `Schedule ${name} already exists.`);
        schedules.set(name, schedule);
        for (const listener of listeners) listener(schedule);
        return jsonAnswer({ ScheduleArn: arn });
      },
    };
  };

  const remove = (name: string, { url }: WireRequest): Operation => {
    requireKnown('Scheduler', 'DeleteSchedule', url.searchParams.keys(), ['groupName', 'clientToken']);
    const groupName = url.searchParams.get('groupName') ?? 'default';
    return {
      name: 'DeleteSchedule',
      asks: [{ action: 'scheduler:DeleteSchedule', resource: arnOf(groupName, name) }],
      perform: () => {
        requireGroup(groupName);
        if (!schedules.delete(name))
          throw new Refused(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
        return jsonAnswer({});
      },
    };
  };

  return {
    signingName: 'scheduler',
    schedules,
    answerRefusal: jsonRefusal(),
    denied: { status: 403, code: 'AccessDeniedException' },
    throttled: { status: 429, code: 'ThrottlingException' },
    onMade: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    understand: (request) => {
      const name = /^\/schedules\/([^/]+)$/.exec(request.url.pathname)?.[1];
      if (name !== undefined && request.method === 'POST') return create(decodeURIComponent(name), request);
      if (name !== undefined && request.method === 'DELETE') return remove(decodeURIComponent(name), request);
      throw notSpoken('Scheduler', `${request.method} ${request.url.pathname}`);
    },
  };
};
