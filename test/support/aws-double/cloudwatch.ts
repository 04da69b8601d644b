/** Amazon CloudWatch (JSON 1.0, which the pinned client speaks; not the older query protocol): what it says of alarms. */
import { type JsonObject, jsonAnswer, jsonRefusal, readJson, targetOf } from './json-service';
import { notSpoken, requireKnown, type Service } from './wire';

const contentType = 'application/x-amz-json-1.0';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type AlarmOfDouble = {
  readonly name: string;
  readonly kind: 'MetricAlarm' | 'CompositeAlarm';
  readonly state: AlarmState;
  /** Since when it is in this state. */
  readonly since: Date;
  readonly reason?: string;
};

export type AlarmChange = {
  readonly name: string;
  readonly at: Date;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
};

export type CloudWatchDouble = Service & {
  readonly alarms: Map<string, AlarmOfDouble>;
  /** Oldest first. */
  readonly history: readonly AlarmChange[];
  /** Puts an alarm that exists into a state, as the evaluation of its metric would. */
  turn(name: string, to: AlarmState, reason: string, at?: Date): AlarmChange;
};

const epoch = (at: Date) => at.getTime() / 1_000;

const describeAlarm = ({ name, state, since, reason = '' }: AlarmOfDouble) => ({
  AlarmName: name,
  StateValue: state,
  StateReason: reason,
  StateTransitionedTimestamp: epoch(since),
});

const describeChange = ({ name, at, from, to, reason }: AlarmChange) => ({
  AlarmName: name,
  Timestamp: epoch(at),
  HistoryItemType: 'StateUpdate',
  HistorySummary: `Alarm updated from ${from} to ${to}`,
  HistoryData: JSON.stringify({
    version: '1.0',
    oldState: { stateValue: from },
    newState: { stateValue: to, stateReason: reason },
  }),
});

type Spoken = {
  readonly members: readonly string[];
  perform(double: Pick<CloudWatchDouble, 'alarms' | 'history'>, input: JsonObject): unknown;
};

const spoken: Readonly<Record<string, Spoken>> = {
  DescribeAlarms: {
    members: ['AlarmNames', 'AlarmTypes', 'MaxRecords', 'NextToken'],
    perform: ({ alarms }, { AlarmNames: names, AlarmTypes: types = ['MetricAlarm'] }) => {
      const wanted = [...alarms.values()].filter(
        ({ name, kind }) =>
          (names === undefined || (names as readonly string[]).includes(name)) &&
          (types as readonly string[]).includes(kind),
      );
      const of = (kind: AlarmOfDouble['kind']) => wanted.filter((alarm) => alarm.kind === kind).map(describeAlarm);
      return { MetricAlarms: of('MetricAlarm'), CompositeAlarms: of('CompositeAlarm') };
    },
  },
  DescribeAlarmHistory: {
    members: [
      ...['AlarmName', 'AlarmTypes', 'HistoryItemType', 'StartDate', 'EndDate', 'ScanBy', 'MaxRecords', 'NextToken'],
    ],
    perform: ({ alarms, history }, input) => {
      const { AlarmName: name, StartDate: from = 0, EndDate: to = Number.POSITIVE_INFINITY } = input;
      const types = (input['AlarmTypes'] ?? ['MetricAlarm']) as readonly string[];
      const found = history.filter(
        (change) =>
          (name === undefined || change.name === name) &&
          types.includes(alarms.get(change.name)?.kind ?? '') &&
          epoch(change.at) >= Number(from) &&
          epoch(change.at) <= Number(to),
      );
      const ordered = input['ScanBy'] === 'TimestampAscending' ? found : found.toReversed();
      return { AlarmHistoryItems: ordered.map(describeChange) };
    },
  },
};

/** DescribeAlarms and its history are asked on the alarms that are named, or on all of them (Service Authorization Reference). */
export const createCloudWatch = (alarmArnOf: (name: string) => string): CloudWatchDouble => {
  const alarms = new Map<string, AlarmOfDouble>();
  const history: AlarmChange[] = [];
  return {
    signingName: 'monitoring',
    alarms,
    history,
    answerRefusal: jsonRefusal(contentType),
    turn: (name, to, reason, at = new Date()) => {
      const alarm = alarms.get(name);
      if (!alarm) throw new Error(`there is no alarm ${name}`);
      const change = { name, at, from: alarm.state, to, reason };
      history.push(change);
      alarms.set(name, { ...alarm, state: to, since: at, reason });
      return change;
    },
    denied: { status: 400, code: 'AccessDenied' },
    throttled: { status: 400, code: 'Throttling' },
    understand: (request) => {
      const name = targetOf(request, 'GraniteServiceVersion20100801') ?? '';
      const operation = Object.hasOwn(spoken, name) ? spoken[name] : undefined;
      if (!operation) throw notSpoken('CloudWatch', String(request.headers['x-amz-target']));
      const input = readJson(request);
      requireKnown('CloudWatch', name, Object.keys(input), operation.members);
      const named = (input['AlarmNames'] ?? [input['AlarmName'] ?? '*']) as readonly string[];
      return {
        name,
        asks: named.map((alarm) => ({ action: `cloudwatch:${name}`, resource: alarmArnOf(alarm) })),
        perform: () => jsonAnswer(operation.perform({ alarms, history }, input), contentType),
      };
    },
  };
};
