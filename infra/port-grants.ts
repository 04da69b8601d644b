/** What a port costs: modules of lambdas/runtime/live, environment variables, permissions. One row per use of a port. */
import { alarmsFor } from '#lambdas/alarms';
import { codeHostCosts } from './code-host-grants';
import type { Config } from './config';
import type { PortUse } from './function-table';
import type { Grant } from './grant';
import { keyCosts, readSecret } from './key-grants';
import type { Names } from './names';
import type { Signer } from './signers';

export type GrantContext = {
  readonly config: Config;
  readonly names: Names;
  readonly bucketArn: string;
  /** Of the key that the bucket is encrypted with. */
  readonly keyArn: string;
  /** The role that EventBridge Scheduler takes to call what is scheduled. */
  readonly schedulerRoleArn: string;
  readonly signingKeyArns: Readonly<Record<Signer, string>>;
};

type PortOf<Use extends PortUse> = Use extends `${infer Port}.${string}` ? Port : Use;

/** A port that is made by a module of its own below lambdas/runtime/live; the others cost no more than what every function has. */
type LiveModule = PortOf<Exclude<PortUse, 'migrations' | 'documents' | 'documents.read' | 'principals' | 'probes'>>;

export type PortCost = {
  readonly modules: readonly LiveModule[];
  readonly environment: (context: GrantContext) => Readonly<Record<string, string>>;
  readonly grants: (context: GrantContext) => readonly Grant[];
};

const none = () => ({});

/** Every connection is asked of the platform, so a function that uses the database needs the platform's key. */
const platform: PortCost = {
  modules: ['platform'],
  environment: ({ config }) => ({
    NEON_API_KEY_SECRET: config['neon.apiKeySecret'],
    NEON_API_URL: config['neon.apiUrl'],
    DATABASE_ROLE: config['neon.role'],
  }),
  grants: (context) => [
    readSecret(
      context,
      context.config['neon.apiKeySecret'],
      "reads Neon's API key, to ask Neon about the target or for its address",
    ),
  ],
};

/** Only tasks of our own state machines. */
const answerTask = (action: string, reason: string): PortCost => ({
  modules: ['callback'],
  environment: none,
  grants: ({ names }) => [
    { actions: [action], resources: [names.stateMachineArn, names.rollbackStateMachineArn], reason },
  ],
});

const scheduleEnvironment = ({ names, schedulerRoleArn }: GrantContext) => ({
  SCHEDULE_GROUP: names.scheduleGroup,
  SCHEDULE_ROLE_ARN: schedulerRoleArn,
  SAMPLE_FUNCTION_ARN: names.sampleFunctionArn,
});

export const portCosts: Readonly<Record<PortUse, PortCost>> = {
  migrations: {
    modules: [],
    environment: none,
    grants: ({ bucketArn }) => [
      {
        actions: ['s3:GetObject'],
        resources: [`${bucketArn}/migrations/*`],
        reason: 'reads the migration that is named at the start, whichever it is',
      },
    ],
  },
  documents: {
    modules: [],
    environment: none,
    grants: ({ bucketArn }) => [
      {
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [`${bucketArn}/documents/*`],
        reason: "adds to the project's documents; the name of an incident report holds its date and run",
      },
    ],
  },
  'documents.read': {
    modules: [],
    environment: none,
    grants: ({ bucketArn }) => [
      {
        actions: ['s3:GetObject'],
        resources: [`${bucketArn}/documents/production-statistics.json`, `${bucketArn}/documents/ops/postmortems/*`],
        reason:
          "reads how large production's tables are, or whether a post-mortem was held; its name holds date and run",
      },
    ],
  },
  platform,
  database: { ...platform, modules: ['platform', 'database'] },
  activity: {
    ...platform,
    modules: ['platform', 'activity'],
    environment: (context) => ({
      ...platform.environment(context),
      ...(context.config['neon.sqlUrl'] !== '' && { NEON_SQL_URL: context.config['neon.sqlUrl'] }),
    }),
  },
  // Printed to the log, which CloudWatch reads: no call, no permission.
  metrics: { modules: ['metrics'], environment: none, grants: () => [] },
  alarms: {
    modules: ['alarms'],
    environment: ({ names }) => ({ ALARM_NAME_PREFIX: names.alarmName('') }),
    grants: ({ config, names }) => [
      {
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
        resources: alarmsFor({ watchesLogs: config['monitor.logGroups'].length > 0 }).map(({ id }) =>
          names.alarmArn(id),
        ),
        reason: 'asks what the alarms of the table did since the window was opened',
      },
    ],
  },
  backups: {
    ...platform,
    modules: ['platform', 'backups'],
    grants: (context) => [
      ...platform.grants(context),
      {
        actions: ['s3:AbortMultipartUpload'],
        resources: [`${context.bucketArn}/backups/*`],
        reason: 'aborts the multipart upload when the dump fails; the key holds the run id',
      },
    ],
  },
  // Restored beside what is dumped and kept nowhere.
  'backups.tryCopy': { ...platform, modules: ['platform', 'backups'] },
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
          reason: 'sends mail as the configured sender and as nobody else',
        },
      ];
    },
  },
  chat: {
    modules: ['chat'],
    environment: ({ config }) => ({ CHAT_WEBHOOK_SECRETS: config['chat.webhookSecrets'].join(',') }),
    grants: (context) =>
      context.config['chat.webhookSecrets'].map((name) =>
        readSecret(context, name, "reads the webhook's address, to post to the team's chat"),
      ),
  },
  ...codeHostCosts,
  'callback.succeed': answerTask('states:SendTaskSuccess', 'answers a waiting state of our state machines'),
  'callback.fail': answerTask(
    'states:SendTaskFailure',
    'ends the waiting of a state of our state machines with an error',
  ),
  executions: {
    modules: ['executions'],
    environment: ({ names }) => ({
      STATE_MACHINE_ARNS: [names.stateMachineArn, names.rollbackStateMachineArn].join(','),
    }),
    grants: ({ names }) => [
      {
        actions: ['states:ListExecutions'],
        resources: [names.stateMachineArn, names.rollbackStateMachineArn],
        reason: 'lists the runs that are under way: the names of executions, without their data',
      },
    ],
  },
  // Whoever has signed the request that is passed on is who asks.
  callers: { modules: ['callers'], environment: none, grants: () => [] },
  principals: {
    modules: [],
    environment: ({ config }) => ({ APPROVER_PRINCIPALS: JSON.stringify(config['approvals.principals']) }),
    grants: () => [],
  },
  'schedule.create': {
    modules: ['schedule'],
    environment: (context) => ({
      ...scheduleEnvironment(context),
      REMIND_FUNCTION_ARN: context.names.remindFunctionArn,
    }),
    grants: ({ names, schedulerRoleArn }) => [
      {
        actions: ['scheduler:CreateSchedule'],
        resources: [names.schedulesArn],
        reason:
          "opens a monitoring window or the reminder of a post-mortem in our group; the schedule's name holds the run id",
      },
      {
        actions: ['iam:PassRole'],
        resources: [schedulerRoleArn],
        reason:
          'passes the role that may call SampleActivity and RemindPostMortem to EventBridge Scheduler, and to no other service',
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ],
  },
  'schedule.remove': {
    modules: ['schedule'],
    environment: scheduleEnvironment,
    grants: ({ names }) => [
      {
        actions: ['scheduler:DeleteSchedule'],
        resources: [names.schedulesArn],
        reason:
          "ends a monitoring window or the reminder of a post-mortem in our group; the schedule's name holds the run id",
      },
    ],
  },
  ...keyCosts,
  probes: { modules: [], environment: none, grants: () => [] },
};
