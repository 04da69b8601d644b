/** CloudWatch's alarms, from the one alarm table (lambdas/alarms.ts). */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Alarm as AlarmRow, alarmsFor, compositeAlarm, runbookOf } from '#lambdas/alarms';
import { type WorkflowAlarm, workflowAlarms } from '#lambdas/workflow-alarms';
import type { Names } from '../names';
import type { TargetMetrics } from '../target-metrics';

export type AlarmsProps = {
  readonly names: Names;
  readonly topic: ITopic;
  readonly metrics: TargetMetrics;
  readonly apiId: string;
  readonly watchesLogs: boolean;
};

/** AWS publishes these once a minute; five of them are one look. */
const workflowPeriod = Duration.minutes(5);

const dimensionsOf = ({ of }: WorkflowAlarm, { names, apiId }: AlarmsProps): Record<string, string> =>
  ({
    'state machine': { StateMachineArn: names.stateMachineArn },
    'state machine of rollbacks': { StateMachineArn: names.rollbackStateMachineArn },
    'queue of failed events': { QueueName: names.failedEventsQueue },
    'approval pages': { ApiId: apiId },
    account: {},
  })[of];

const comparisons = {
  GreaterThanThreshold: 'GREATER_THAN_THRESHOLD',
  GreaterThanOrEqualToThreshold: 'GREATER_THAN_OR_EQUAL_TO_THRESHOLD',
} as const;

const missing = {
  breaching: 'BREACHING',
  notBreaching: 'NOT_BREACHING',
  ignore: 'IGNORE',
  missing: 'MISSING',
} as const;

/** Ids of the stack: a contract (test/infra/contract.test.ts). */
const constructIdOf = (id: string) => `Alarm-${id}`;

export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  readonly composite: CompositeAlarm;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { names, topic, metrics, watchesLogs } = props;
    const notify = new SnsAction(topic);
    const make = (row: AlarmRow | WorkflowAlarm, metric: IMetric) =>
      new Alarm(this, constructIdOf(row.id), {
        alarmName: names.alarmName(row.id),
        alarmDescription: `${row.title}. What it means and what to do: ${runbookOf(row)}`,
        metric,
        threshold: row.threshold,
        comparisonOperator: ComparisonOperator[comparisons[row.comparison]],
        evaluationPeriods: row.periods,
        datapointsToAlarm: row.datapointsToAlarm,
        treatMissingData: TreatMissingData[missing[row.missingData]],
      });
    const ofTarget = alarmsFor({ watchesLogs }).map((row) => ({ row, alarm: make(row, metrics.of(row)) }));
    const ofWorkflow = workflowAlarms.map((row) => {
      const { namespace, metric: metricName, statistic } = row;
      const dimensionsMap = dimensionsOf(row, props);
      return make(row, new Metric({ namespace, metricName, statistic, dimensionsMap, period: workflowPeriod }));
    });
    // The critical alarms notify once, together, through the composite alarm.
    const warnings = ofTarget.filter(({ row }) => row.severity === 'warning').map(({ alarm }) => alarm);
    for (const alarm of [...warnings, ...ofWorkflow]) alarm.addAlarmAction(notify);
    this.all = [...ofTarget.map(({ alarm }) => alarm), ...ofWorkflow];
    const critical = ofTarget.filter(({ row }) => row.severity === 'critical').map(({ alarm }) => alarm);
    this.composite = new CompositeAlarm(this, 'Composite', {
      compositeAlarmName: names.alarmName(compositeAlarm.id),
      alarmDescription: `${compositeAlarm.title}. The alarms below it say why; what to do: docs/operations.md#alarms`,
      alarmRule: AlarmRule.anyOf(...critical.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    this.composite.addAlarmAction(notify);
    this.composite.addOkAction(notify);
  }
}
