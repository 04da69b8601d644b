/** Which actions IAM checks for a command; one row per command. */

export type Encryption = { readonly hasKey: boolean };

type Actions = {
  readonly always: readonly string[];
  /** Where the bucket encrypts with a key of its own. */
  readonly withKey?: readonly string[];
};

const read = ['kms:Decrypt'];
const written = ['kms:GenerateDataKey'];

const actions: Readonly<Record<string, Actions>> = {
  // ListBucket: without it S3 answers 403 for a key that is not there, and "not there" is an answer that adapters need.
  GetObjectCommand: { always: ['s3:GetObject', 's3:ListBucket'], withKey: read },
  PutObjectCommand: { always: ['s3:PutObject'], withKey: written },
  DeleteObjectCommand: { always: ['s3:DeleteObject'] },
  paginateListObjectsV2: { always: ['s3:ListBucket'] },
  // Parts are PutObject; S3 reads them again to put them together; lib-storage gives the upload up when it fails.
  Upload: { always: ['s3:PutObject', 's3:AbortMultipartUpload'], withKey: [...written, ...read] },
  GetSecretValueCommand: { always: ['secretsmanager:GetSecretValue'] },
  SignCommand: { always: ['kms:Sign'] },
  GetPublicKeyCommand: { always: ['kms:GetPublicKey'] },
  // A message that is already built is checked as one or the other, as AWS's own documents say in different places.
  SendEmailCommand: { always: ['ses:SendEmail', 'ses:SendRawEmail'] },
  // The schedule gets a role, which has to be handed over.
  CreateScheduleCommand: { always: ['scheduler:CreateSchedule', 'iam:PassRole'] },
  DeleteScheduleCommand: { always: ['scheduler:DeleteSchedule'] },
  SendTaskSuccessCommand: { always: ['states:SendTaskSuccess'] },
  SendTaskFailureCommand: { always: ['states:SendTaskFailure'] },
  ListExecutionsCommand: { always: ['states:ListExecutions'] },
  DescribeAlarmsCommand: { always: ['cloudwatch:DescribeAlarms'] },
  paginateDescribeAlarmHistory: { always: ['cloudwatch:DescribeAlarmHistory'] },
};

/** What every function does without a command of ours: it writes its log. */
export const actionsOfEveryFunction: readonly string[] = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** What a function with active tracing does: the runtime sends its segments. */
export const actionsOfTracing: readonly string[] = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

/** What Lambda does in the name of a function that keeps the events which it could not deal with. */
export const actionsOfFailedEvents: readonly string[] = ['sqs:SendMessage'];

/** Sorted. Throws for a command without a row. */
export const actionsOf = (commands: Iterable<string>, { hasKey }: Encryption): readonly string[] => {
  const found = [...commands].flatMap((command) => {
    const row = actions[command];
    if (!row) throw new Error(`${command} has no row in test/support/calls/iam-actions.ts; say what IAM checks for it`);
    return hasKey ? [...row.always, ...(row.withKey ?? [])] : row.always;
  });
  return [...new Set(found)].sort();
};
