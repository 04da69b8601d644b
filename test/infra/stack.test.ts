import validateAsl from 'asl-validator';
import { Match } from 'aws-cdk-lib/assertions';
import { loadDefinition } from '#statemachine/load-definition';
import { resourcesOf, synthesizeTemplate } from './template';

const template = synthesizeTemplate();

const only = (type: string) => {
  const found = Object.values(resourcesOf(template, type));
  expect(found).toHaveLength(1);
  return found[0] as NonNullable<(typeof found)[0]>;
};

test('the bucket keeps versions, is encrypted, closed to the public and stays when the stack goes', () => {
  const bucket = only('AWS::S3::Bucket');

  expect(bucket.DeletionPolicy).toBe('Retain');
  expect(bucket.Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});

test('the bucket answers over TLS only, 1.2 or newer', () => {
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    },
  });
});

test('the state machine runs the workflow file, word for word', () => {
  const { Properties } = only('AWS::StepFunctions::StateMachine');

  expect(JSON.parse(Properties['DefinitionString'] as string)).toEqual(loadDefinition('migration-checklist'));
  expect(Properties).toMatchObject({ StateMachineName: 'MigrationChecklist', StateMachineType: 'STANDARD' });
});

test('the definition is valid Amazon States Language', () => {
  const { Properties } = only('AWS::StepFunctions::StateMachine');

  expect(validateAsl(JSON.parse(Properties['DefinitionString'] as string))).toMatchObject({
    isValid: true,
    errors: [],
  });
});

test('executions are logged and traced without their data', () => {
  expect(only('AWS::StepFunctions::StateMachine').Properties).toMatchObject({
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
});

test('the approval pages have one path: GET shows, POST decides', () => {
  const keys = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(
    ({ Properties }) => Properties['RouteKey'],
  );

  expect(keys.sort()).toEqual(['GET /approvals/{link}', 'POST /approvals/{link}']);
});

test('the pages are throttled, and their access log knows neither path nor query', () => {
  const { Properties } = only('AWS::ApiGatewayV2::Stage');
  const { Format } = Properties['AccessLogSettings'] as { Format: string };

  expect(Properties).toMatchObject({ DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } });
  expect(Format).toContain('$context.requestId');
  expect(Format).not.toMatch(/\$context\.(path|httpPath|resourcePath|queryString|proxy)/i);
});

test('the schedules take a role that calls SampleActivity only, and only for this account', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ],
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('^SampleScheduleRole'),
    PolicyDocument: {
      Statement: [
        {
          Action: 'lambda:InvokeFunction',
          Effect: 'Allow',
          Resource: { 'Fn::Join': ['', Match.arrayWith([':function:MigrationChecklist-SampleActivity'])] },
        },
      ],
    },
  });
});

test('the functions are told the address of the pages by the pages themselves', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'MigrationChecklist-RequestApproval',
    Environment: { Variables: { PAGE_BASE_URL: { 'Fn::GetAtt': Match.anyValue() } } },
  });
});

test('a stopped execution of our state machine, and of no other, calls the function that closes its run', () => {
  const rule = only('AWS::Events::Rule');

  expect(rule.Properties).toMatchObject({
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [expect.anything()], status: ['ABORTED', 'TIMED_OUT'] },
    },
    Targets: [{ InputTransformer: { InputPathsMap: expect.objectContaining({}) } }],
  });
  expect(JSON.stringify(rule)).toContain('MigrationChecklist');
  template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com' });
});
