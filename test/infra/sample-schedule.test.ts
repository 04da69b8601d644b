import { resourcesOf, statements } from './template';

const [roleId, role] =
  Object.entries(resourcesOf('AWS::IAM::Role')).find(([id]) => id.startsWith('SampleScheduleRole')) ?? [];

test('the schedules take a role that only the scheduler gets, and only for this account', () => {
  expect(role?.Properties).toMatchObject({
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
  });
});

test('the role calls SampleActivity and RemindPostMortem, and nothing else', () => {
  const [, granted = []] = Object.entries(statements).find(([id]) => id.startsWith('SampleScheduleRole')) ?? [];

  expect(roleId).toBeDefined();
  expect(granted).toMatchObject([{ Action: 'lambda:InvokeFunction', Effect: 'Allow' }]);
  expect(JSON.stringify(granted[0]?.Resource).match(/MigrationChecklist-\w+/g)).toEqual([
    'MigrationChecklist-RemindPostMortem',
    'MigrationChecklist-SampleActivity',
  ]);
});
