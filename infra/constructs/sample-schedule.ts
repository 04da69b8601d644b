/** Where the schedules of the monitoring windows live, and the role they take: it may call SampleActivity, nothing else. */
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { grantTo } from '../grant';
import type { Names } from '../names';

export class SampleSchedule extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    new CfnScheduleGroup(this, 'Group', { name: names.scheduleGroup });
    this.role = new Role(this, 'Role', {
      // Only for schedules of this account: no other may have them call for it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    grantTo(this.role, [
      {
        actions: ['lambda:InvokeFunction'],
        resources: [names.sampleFunctionArn],
        reason: 'has the target looked at while a monitoring window is open',
      },
    ]);
  }
}
