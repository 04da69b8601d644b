/** The SDK's clients as the functions make them, pointed at the double by nothing but their own settings. */
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type AwsDouble, type AwsDoubleOptions, openAwsDouble } from './aws-double/aws-double';

/** One attempt unless more are asked for: most tests are about what the first answer means. */
export const clientSettings = (
  { url }: Pick<AwsDouble, 'url'>,
  { accessKeyId = 'AKIATEST', maxAttempts = 1 } = {},
) => ({
  endpoint: url,
  region: 'eu-central-1',
  maxAttempts,
  credentials: { accessKeyId, secretAccessKey: 'secret' },
});

type Settings = ReturnType<typeof clientSettings>;

export const kmsClient = (settings: Settings) => new KMSClient(settings);
export const s3Client = (settings: Settings) => new S3Client(settings);
export const schedulerClient = (settings: Settings) => new SchedulerClient(settings);
export const secretsClient = (settings: Settings) => new SecretsManagerClient(settings);
export const sesClient = (settings: Settings) => new SESv2Client(settings);
export const sfnClient = (settings: Settings) => new SFNClient(settings);

/** Opens a double, hands it over and closes it whatever happens. */
export const withAwsDouble = async <T>(
  options: AwsDoubleOptions,
  work: (double: AwsDouble) => Promise<T>,
): Promise<T> => {
  const double = await openAwsDouble(options);
  try {
    return await work(double);
  } finally {
    await double.close();
  }
};
