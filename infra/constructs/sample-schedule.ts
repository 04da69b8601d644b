/** The group of our schedules, and the role they assume: it may call SampleActivity and RemindPostMortem, nothing else. */
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
      // Only for schedules of this account: no other account may use the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    grantTo(this.role, [
      {
        actions: ['lambda:InvokeFunction'],
        resources: [names.sampleFunctionArn],
        reason: 'calls the function that samples the target while a monitoring window is open',
      },
      {
        actions: ['lambda:InvokeFunction'],
        resources: [names.remindFunctionArn],
        reason: 'calls the function that reminds of a post-mortem until it was held',
      },
    ]);
  }
}
