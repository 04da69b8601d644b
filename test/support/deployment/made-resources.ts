/** What AWS would say of a resource once it is made: the value of Ref, and its attributes. */
import { awsEnvironment } from './aws-environment';

export type Made = {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  property(name: string): unknown;
};

const arn = (service: string, resource: string) =>
  `arn:${awsEnvironment.partition}:${service}:${awsEnvironment.region}:${awsEnvironment.account}:${resource}`;

/** A name that the template gives, else one that CloudFormation makes up. */
const nameOf = (made: Made, property: string) => String(made.property(property) ?? `${made.stack}-${made.id}`);

/** Bucket names are lower case and short. */
const bucketName = (made: Made) => String(made.property('BucketName') ?? made.id.toLowerCase().slice(0, 60));

type Kind = {
  readonly ref: (made: Made) => string;
  readonly attributes: Readonly<Record<string, (made: Made) => string>>;
};

const named = (property: string, arnOf: (name: string, made: Made) => string): Kind => ({
  ref: (made) => nameOf(made, property),
  attributes: { Arn: (made) => arnOf(nameOf(made, property), made) },
});

const logGroupArn = (name: string) => arn('logs', `log-group:${name}:*`);
const stateMachineArn = (made: Made) => arn('states', `stateMachine:${nameOf(made, 'StateMachineName')}`);

const kinds: Readonly<Record<string, Kind>> = {
  'AWS::Lambda::Function': named('FunctionName', (name) => arn('lambda', `function:${name}`)),
  'AWS::IAM::Role': named(
    'RoleName',
    (name) => `arn:${awsEnvironment.partition}:iam::${awsEnvironment.account}:role/${name}`,
  ),
  'AWS::Logs::LogGroup': named('LogGroupName', logGroupArn),
  'AWS::Scheduler::ScheduleGroup': named('Name', (name) => arn('scheduler', `schedule-group/${name}`)),
  'AWS::Events::Rule': named('Name', (name) => arn('events', `rule/${name}`)),
  'AWS::CloudWatch::Alarm': named('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::KMS::Key': named('KeyId', (name) => arn('kms', `key/${name}`)),
  'AWS::SQS::Queue': {
    ref: (made) =>
      `https://sqs.${awsEnvironment.region}.${awsEnvironment.urlSuffix}/${awsEnvironment.account}/${nameOf(made, 'QueueName')}`,
    attributes: {
      Arn: (made) => arn('sqs', nameOf(made, 'QueueName')),
      QueueName: (made) => nameOf(made, 'QueueName'),
    },
  },
  'AWS::SNS::Topic': {
    ref: (made) => arn('sns', nameOf(made, 'TopicName')),
    attributes: { TopicArn: (made) => arn('sns', nameOf(made, 'TopicName')) },
  },
  'AWS::S3::Bucket': {
    ref: bucketName,
    attributes: { Arn: (made) => `arn:${awsEnvironment.partition}:s3:::${bucketName(made)}` },
  },
  'AWS::StepFunctions::StateMachine': {
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: (made) => nameOf(made, 'StateMachineName') },
  },
  'AWS::ApiGatewayV2::Api': {
    ref: ({ id }) => id.toLowerCase(),
    attributes: {
      ApiEndpoint: ({ id }) =>
        `https://${id.toLowerCase()}.execute-api.${awsEnvironment.region}.${awsEnvironment.urlSuffix}`,
    },
  },
};

export const referenceOf = (made: Made): string => kinds[made.type]?.ref(made) ?? `${made.stack}-${made.id}`;

/** The resource's ARN, or its Ref where nobody asks for the ARN. */
export const arnOf = (made: Made): string => kinds[made.type]?.attributes['Arn']?.(made) ?? referenceOf(made);

/** Throws for an attribute that nobody has looked up yet. */
export const attributeOf = (made: Made, attribute: string): string => {
  const read = kinds[made.type]?.attributes[attribute];
  if (read) return read(made);
  throw new Error(`${attribute} of ${made.type} is not known; teach it in test/support/deployment/made-resources.ts`);
};
