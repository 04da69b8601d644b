import { Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config';
import { wakeOnAlarm } from '../constructs/alarm-rule';
import { Alarms } from '../constructs/alarms';
import { countApplicationErrors } from '../constructs/application-errors';
import { makeOnCallTopic } from '../constructs/on-call-topic';
import { makeDashboard } from '../constructs/target-dashboard';
import { importValue } from '../exports';
import { namesIn } from '../names';
import { targetMetrics } from '../target-metrics';

/** Alarms and dashboard over the target and the workflow, and the topic that notifies the person on call. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: Config }) {
    super(scope, id, props);
    const names = namesIn(this, config);
    const metrics = targetMetrics(config);
    const logGroups = config['monitor.logGroups'];
    const encryptionKey = Key.fromKeyArn(this, 'DataKey', importValue(config, 'DataKeyArn'));
    const topic = makeOnCallTopic(this, { address: config['monitor.onCall'], encryptionKey });
    countApplicationErrors(this, { installation: names.installation, logGroups });
    const { all, composite } = new Alarms(this, 'Alarms', {
      names,
      topic,
      metrics,
      apiId: importValue(config, 'ApprovalPagesApiId'),
      watchesLogs: logGroups.length > 0,
    });
    wakeOnAlarm(this, names, composite.alarmArn);
    makeDashboard(this, { name: names.installation, alarms: all, composite, metrics });
  }
}
