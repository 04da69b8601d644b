/** Asks CloudWatch what the alarms of the table did. */
import {
  type AlarmHistoryItem,
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  paginateDescribeAlarmHistory,
} from '@aws-sdk/client-cloudwatch';
import { PlatformFailed } from '#domain/errors';
import { type AlarmState, type RaisedAlarm, raisedIn, type Transition } from '#domain/monitoring/alarm-states';
import type { Alarm } from '#lambdas/alarms';
import type { Alarms } from '#lambdas/ports/watching';
import { describeFailure } from './aws-failure';

export type CloudWatchAlarmsOptions = {
  /** What precedes an alarm's id in its name. */
  readonly namePrefix: string;
  /** Those that exist in this installation. */
  readonly table: readonly Alarm[];
};

type State = { readonly stateValue: AlarmState; readonly stateReason?: string };

/** CloudWatch keeps a transition as JSON, with both states and the reasons for them. */
const transitionOf = ({ Timestamp, HistoryData }: AlarmHistoryItem): Transition => {
  const { oldState, newState } = JSON.parse(HistoryData ?? '{}') as { oldState: State; newState: State };
  return {
    at: Timestamp?.toISOString() ?? '',
    from: oldState.stateValue,
    to: newState.stateValue,
    reason: newState.stateReason ?? '',
  };
};

const transitionsSince = async (client: CloudWatchClient, name: string, moment: Date) => {
  const transitions: Transition[] = [];
  const request = { AlarmName: name, HistoryItemType: 'StateUpdate', StartDate: moment } as const;
  for await (const page of paginateDescribeAlarmHistory({ client }, { ...request, ScanBy: 'TimestampAscending' }))
    transitions.push(...(page.AlarmHistoryItems ?? []).map(transitionOf));
  return transitions;
};

const standingOf = ({ StateValue, StateReason, StateTransitionedTimestamp }: MetricAlarm) => ({
  state: (StateValue ?? 'INSUFFICIENT_DATA') as AlarmState,
  at: StateTransitionedTimestamp?.toISOString() ?? '',
  reason: StateReason ?? '',
});

export const createCloudWatchAlarms = (
  client: CloudWatchClient,
  { namePrefix, table }: CloudWatchAlarmsOptions,
): Alarms => {
  const raisedBy = async (id: string, alarm: MetricAlarm, moment: Date): Promise<readonly RaisedAlarm[]> => {
    const current = standingOf(alarm);
    // Most alarms have not changed state since, so their history need not be read.
    const hasMoved = !alarm.StateTransitionedTimestamp || alarm.StateTransitionedTimestamp >= moment;
    return raisedIn(id, current, hasMoved ? await transitionsSince(client, `${namePrefix}${id}`, moment) : []);
  };
  return {
    since: async (moment) => {
      try {
        const AlarmNames = table.map(({ id }) => `${namePrefix}${id}`);
        const { MetricAlarms = [] } = await client.send(
          new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }),
        );
        const byName = new Map(MetricAlarms.map((alarm) => [alarm.AlarmName, alarm]));
        const raised: RaisedAlarm[] = [];
        const unjudged: string[] = [];
        for (const { id } of table) {
          const alarm = byName.get(`${namePrefix}${id}`);
          if (alarm) raised.push(...(await raisedBy(id, alarm, moment)));
          else unjudged.push(id);
        }
        return { raised, unjudged };
      } catch (error) {
        throw new PlatformFailed(
          `the history of the alarms cannot be read from CloudWatch: ${describeFailure(error)}`,
          {
            cause: error,
          },
        );
      }
    },
  };
};
