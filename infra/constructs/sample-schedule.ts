/** Where the schedules of the monitoring windows live, and the role they take: it may call SampleActivity, nothing else. */

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
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
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [names.sampleFunctionArn] }),
    );
  }
}
