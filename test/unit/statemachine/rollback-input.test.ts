import { parseRollbackInput } from '#statemachine/rollback-input';

test('the file alone is enough', () => {
  expect(parseRollbackInput({ migration: '002_a.sql' })).toEqual({
    migration: '002_a.sql',
    because: null,
    startedBy: null,
    withLater: false,
    failedRun: null,
  });
});

test('a run that has failed gives its pin and its failure, and Step Functions who has started whom', () => {
  const failedRun = {
    run: { runId: 'run-1' },
    failure: { state: 'Step 16', error: 'MonitoringAlarm', cause: 'it rang' },
  };
  const input = { migration: 'run-1', failedRun, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states' };

  expect(parseRollbackInput(input)).toMatchObject({ migration: 'run-1', failedRun });
});

test.each([
  [null, 'the input is null; expected {"migration"'],
  [{}, '"migration" is nothing; expected {"migration"'],
  [{ migration: ' ' }, '"migration" is " "; expected a text'],
  [{ migration: '002', withLater: 'yes' }, '"withLater" is "yes"; expected true or false'],
  [{ migration: '002', startedBy: 'Ada' }, '"startedBy" is "Ada"; expected one mail address'],
  [{ migration: '002', failedRun: 'run-1' }, '"failedRun" is not the pin and the failure of the run'],
  [
    { migration: '002', failedRun: { run: { runId: 'run-1' }, failure: { cause: 'it rang' } } },
    '"failedRun" is not the pin and the failure of the run that "migration" names',
  ],
  [{ migration: '002', force: true }, 'the input has "force"; known are migration, because, startedBy, withLater'],
])('%j is refused with what was expected', (input, message) => {
  expect(() => parseRollbackInput(input)).toThrow(message);
});
