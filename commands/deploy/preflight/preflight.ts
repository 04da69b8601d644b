/** Everything that has to be there before the deployment; credentials and region come from the AWS SDK's own settings. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { readSecret } from '#adapters/aws/secrets-manager-secrets';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import type { Config } from '#infra/config';
import { accountCheck } from './account';
import { type Check, type Missing, runChecks } from './check';
import { logGroupChecks } from './log-groups';
import { mailCheck } from './mail';
import { secretChecks } from './secrets';
import { targetCheck } from './target';

const openPlatform = (secrets: SecretsManagerClient, config: Config) =>
  createNeonPlatform({
    apiKey: () => readSecret(secrets, config['neon.apiKeySecret']),
    projectId: config['neon.projectId'],
    branchId: config['neon.stagingBranchId'],
    database: config['neon.database'],
    role: config['neon.role'],
    baseUrl: config['neon.apiUrl'],
    clock: { now: () => new Date() },
  });

export const checksOf = (config: Config): readonly Check[] => {
  const region = config['installation.region'];
  const secrets = new SecretsManagerClient({ region });
  return [
    // First: without credentials nothing else can be asked.
    accountCheck(new CloudFormationClient({ region }), region),
    ...secretChecks(secrets, config),
    mailCheck(new SESv2Client({ region }), config),
    ...logGroupChecks(new CloudWatchLogsClient({ region }), config),
    targetCheck(openPlatform(secrets, config), config),
  ];
};

/** Runs all checks; both lists are empty when the deployment can begin. It makes and changes nothing. */
export const preflight = (config: Config, say: (line: string) => void): Promise<Missing> =>
  runChecks(checksOf(config), say);
