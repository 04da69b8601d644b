import validateAsl from 'asl-validator';
import { loadDefinition, workflowNames } from '#statemachine/load-definition';
import { onlyOne, resourcesOf, stateMachineNamed, stateMachines } from './template';

const definitionOf = (name: string) =>
  JSON.parse(stateMachineNamed(name).Properties['DefinitionString'] as string) as unknown;

test('there is one state machine for each workflow file', () => {
  expect(stateMachines.map(({ workflow }) => workflow)).toEqual(workflowNames);
  expect(Object.keys(resourcesOf('AWS::StepFunctions::StateMachine'))).toHaveLength(stateMachines.length);
});

describe.each(stateMachines)('$name', ({ workflow, name }) => {
  test('it runs the workflow file, word for word', () => {
    expect(definitionOf(name)).toEqual(loadDefinition(workflow));
    expect(stateMachineNamed(name).Properties).toMatchObject({ StateMachineType: 'STANDARD' });
  });

  test('its definition is valid Amazon States Language', () => {
    expect(validateAsl(definitionOf(name) as never)).toMatchObject({ isValid: true, errors: [] });
  });

  test('its executions are logged and traced without their data', () => {
    expect(stateMachineNamed(name).Properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });
});

const rules = () => Object.values(resourcesOf('AWS::Events::Rule')).map(({ Properties }) => Properties);

test('a stopped or failed execution of our state machines, and of no other, calls the function that closes its run', () => {
  const [rule] = rules().filter(({ EventPattern }) => JSON.stringify(EventPattern).includes('aws.states'));

  expect(rule).toMatchObject({
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [expect.anything(), expect.anything()], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
    },
    Targets: [{ InputTransformer: { InputPathsMap: expect.objectContaining({}) } }],
  });
  for (const { name } of stateMachines) expect(JSON.stringify(rule)).toContain(`:stateMachine:${name}"`);
  expect(JSON.stringify(rule?.['Targets'])).toContain(':function:MigrationChecklist-CloseStopped"');
});

test('every rule may call its function, and keeps what it could not deliver', () => {
  const permissions = JSON.stringify(
    Object.values(resourcesOf('AWS::Lambda::Permission')).filter(
      ({ Properties }) => Properties['Principal'] === 'events.amazonaws.com',
    ),
  );

  expect(rules().length).toBeGreaterThan(0);
  for (const rule of rules()) {
    const targets = rule['Targets'] as { Arn: unknown; DeadLetterConfig?: { Arn: unknown } }[];
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) {
      expect(permissions).toContain(JSON.stringify(target.Arn));
      expect(JSON.stringify(target.DeadLetterConfig?.Arn)).toContain(':MigrationChecklist-failed-events"');
    }
  }
});

test('the queue of failed events takes from rules of this installation only', () => {
  const { PolicyDocument } = onlyOne('AWS::SQS::QueuePolicy').Properties as { PolicyDocument: { Statement: object[] } };
  const [allowed, ...more] = PolicyDocument.Statement.filter((one) => (one as { Effect: string }).Effect === 'Allow');

  expect(more).toEqual([]);
  expect(allowed).toMatchObject({ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' });
  expect(JSON.stringify((allowed as { Condition: unknown }).Condition)).toMatch(
    /"ArnLike".*:rule\/MigrationChecklist-\*"/,
  );
});

test('what is called by an event and fails again and again is kept in the queue of failed events', () => {
  const configured = Object.values(resourcesOf('AWS::Lambda::EventInvokeConfig')).map(({ Properties }) => ({
    function: JSON.stringify(Properties['FunctionName']),
    attempts: Properties['MaximumRetryAttempts'],
    kept: JSON.stringify(Properties['DestinationConfig']),
  }));

  const about = (name: string) => configured.find((one) => one.function.includes(name));
  expect(about('CloseStopped')).toMatchObject({ attempts: 2, kept: expect.stringContaining('FailedEvents') });
  // A look that failed is not repeated: the next one comes at its time.
  expect(about('SampleActivity')).toMatchObject({ attempts: 0, kept: expect.stringContaining('FailedEvents') });
});
