/**
 * CloudFormation knows what it has made by these ids. Another id is another thing: the old one is removed, or stays behind
 * with all that it holds. So none of them is changed without a migration of its own; new ones may be added.
 */
import type { StackKind } from '#infra/stack-names';
import { functions, resourcesByStack } from './template';

const contract: Readonly<Record<StackKind, Readonly<Record<string, string>>>> = {
  storage: {
    DataKey17AFBB84: 'AWS::KMS::Key',
    RequestsSigningKey87AEF906: 'AWS::KMS::Key',
    DecisionsSigningKeyD3C27619: 'AWS::KMS::Key',
    ClosingSigningKeyCF37DCEA: 'AWS::KMS::Key',
    StoreBucketDA8A2FF3: 'AWS::S3::Bucket',
    AccessLogs8B620ECA: 'AWS::S3::Bucket',
  },
  approvals: {
    ApprovalPagesApiD8A4C450: 'AWS::ApiGatewayV2::Api',
    ApprovalPagesAccessLogsDA7563D1: 'AWS::Logs::LogGroup',
  },
  functions: {
    SampleScheduleGroup26A4B81F: 'AWS::Scheduler::ScheduleGroup',
    FailedEventsA83487DA: 'AWS::SQS::Queue',
    OpenRunLogsEB2FCF21: 'AWS::Logs::LogGroup',
  },
  workflow: {
    WorkflowStateMachine8F1B1C15: 'AWS::StepFunctions::StateMachine',
    WorkflowLogs8B0907C7: 'AWS::Logs::LogGroup',
    RollbackStateMachine79A1C08E: 'AWS::StepFunctions::StateMachine',
    RollbackLogs4F0D16F7: 'AWS::Logs::LogGroup',
  },
  monitoring: {
    OnCall0B2745F4: 'AWS::SNS::Topic',
    AlarmsComposite6B8A9414: 'AWS::CloudWatch::CompositeAlarm',
    AlarmsAlarmconnectionsnearlimit3DC72A4C: 'AWS::CloudWatch::Alarm',
  },
};

const stateful = ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::ApiGatewayV2::Api', 'AWS::Scheduler::ScheduleGroup'].concat(
  ['AWS::SQS::Queue', 'AWS::StepFunctions::StateMachine', 'AWS::Logs::LogGroup', 'AWS::SNS::Topic'],
  ['AWS::CloudWatch::CompositeAlarm'],
);

/** One of a kind that the table makes stands for all: the ids of the others are made the same way. */
const standsForAll = ['OpenRunLogsEB2FCF21', 'AlarmsAlarmconnectionsnearlimit3DC72A4C'];

const isLogOfFunction = (id: string) => Object.keys(functions).some((name) => id.startsWith(`${name}Logs`));

test.each(Object.entries(contract))('what holds something in the stack %s keeps its id', (kind, ids) => {
  const found = Object.entries(resourcesByStack[kind as StackKind]);

  expect(Object.fromEntries(found.filter(([id]) => id in ids).map(([id, { Type }]) => [id, Type]))).toEqual(ids);
});

test('everything that holds something is in the contract', () => {
  const ids = Object.entries(resourcesByStack).flatMap(([kind, resources]) =>
    Object.entries(resources)
      .filter(([id, { Type }]) => stateful.includes(Type) && !isLogOfFunction(id))
      .map(([id]) => `${kind}/${id}`),
  );
  const known = Object.entries(contract).flatMap(([kind, all]) => Object.keys(all).map((id) => `${kind}/${id}`));

  expect(ids.sort()).toEqual(known.filter((one) => !standsForAll.some((id) => one.endsWith(id))).sort());
});
