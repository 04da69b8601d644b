/** What a port costs: modules of lambdas/runtime/live, environment variables, permissions. One row per use of a port. */
import type { Config } from './config';
import type { PortUse } from './function-table';
import type { Names } from './names';

export type Grant = {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type Surroundings = {
  readonly config: Config;
  readonly names: Names;
  readonly bucketArn: string;
  /** The role that EventBridge Scheduler takes to call SampleActivity. */
  readonly schedulerRoleArn: string;
};

export type LiveModule = 'platform' | 'database' | 'backups' | 'mail' | 'chat' | 'callback' | 'schedule' | 'secrets';

export type PortCost = {
  readonly modules: readonly LiveModule[];
  readonly environment: (around: Surroundings) => Readonly<Record<string, string>>;
  readonly grants: (around: Surroundings) => readonly Grant[];
};

const none = () => ({});

const readSecret = ({ names }: Surroundings, secretName: string): Grant => ({
  actions: ['secretsmanager:GetSecretValue'],
  resources: [names.secretArn(secretName)],
});

/** Connections are asked of the platform every time, so whoever wants the database needs the platform's key. */
const platform: PortCost = {
  modules: ['platform'],
  environment: ({ config }) => ({
    NEON_API_KEY_SECRET: config['neon.apiKeySecret'],
    NEON_API_URL: config['neon.apiUrl'],
    DATABASE_ROLE: config['neon.role'],
  }),
  grants: (around) => [readSecret(around, around.config['neon.apiKeySecret'])],
};

/** Only tasks of our own state machine. */
const answerTask = (action: string): PortCost => ({
  modules: ['callback'],
  environment: none,
  grants: ({ names }) => [{ actions: [action], resources: [names.stateMachineArn] }],
});

const scheduleEnvironment = ({ names, schedulerRoleArn }: Surroundings) => ({
  SCHEDULE_GROUP: names.scheduleGroup,
  SCHEDULE_ROLE_ARN: schedulerRoleArn,
  SAMPLE_FUNCTION_ARN: names.sampleFunctionArn,
});

export const portCosts: Readonly<Record<PortUse, PortCost>> = {
  migrations: {
    modules: [],
    environment: none,
    grants: ({ bucketArn }) => [{ actions: ['s3:GetObject'], resources: [`${bucketArn}/migrations/*`] }],
  },
  documents: {
    modules: [],
    environment: none,
    grants: ({ bucketArn }) => [{ actions: ['s3:GetObject', 's3:PutObject'], resources: [`${bucketArn}/documents/*`] }],
  },
  platform,
  database: { ...platform, modules: ['platform', 'database'] },
  backups: {
    ...platform,
    modules: ['platform', 'backups'],
    // The upload in parts is given up when the dump fails.
    grants: (around) => [
      ...platform.grants(around),
      { actions: ['s3:AbortMultipartUpload'], resources: [`${around.bucketArn}/runs/*`] },
    ],
  },
  mail: {
    modules: ['mail'],
    environment: none,
    // SendEmail with a message that is already built is checked as SendRawEmail; either the address or its domain is verified.
    grants: ({ config, names }) => {
      const sender = config['mail.sender'];
      const domain = sender.slice(sender.indexOf('@') + 1);
      return [
        {
          actions: ['ses:SendEmail', 'ses:SendRawEmail'],
          resources: [names.identityArn(sender), names.identityArn(domain)],
        },
      ];
    },
  },
  chat: {
    modules: ['chat'],
    environment: ({ config }) => ({ CHAT_WEBHOOK_SECRETS: config['chat.webhookSecrets'].join(',') }),
    grants: (around) => around.config['chat.webhookSecrets'].map((name) => readSecret(around, name)),
  },
  'callback.succeed': answerTask('states:SendTaskSuccess'),
  'callback.fail': answerTask('states:SendTaskFailure'),
  'schedule.create': {
    modules: ['schedule'],
    environment: scheduleEnvironment,
    grants: ({ names, schedulerRoleArn }) => [
      { actions: ['scheduler:CreateSchedule'], resources: [names.schedulesArn] },
      {
        actions: ['iam:PassRole'],
        resources: [schedulerRoleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ],
  },
  'schedule.remove': {
    modules: ['schedule'],
    environment: scheduleEnvironment,
    grants: ({ names }) => [{ actions: ['scheduler:DeleteSchedule'], resources: [names.schedulesArn] }],
  },
  secrets: {
    modules: ['secrets'],
    environment: ({ config }) => ({ LINK_KEY_SECRET: config['approvals.linkKeySecret'] }),
    grants: (around) => [readSecret(around, around.config['approvals.linkKeySecret'])],
  },
  probes: { modules: [], environment: none, grants: () => [] },
};
