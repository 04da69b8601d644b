import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '#adapters/aws/secrets-manager-secrets';
import { createNeonPlatform } from '#adapters/neon/neon-platform';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { type Environment, readText } from '../environment';
import { rememberSuccess } from '../remember-success';

/** A rotated key takes effect within five minutes, and a wait for a branch does not read it every second. */
const keyAgeMs = 5 * 60_000;

export const makePlatform = (environment: Environment, clock: Clock): Platform => {
  const client = new SecretsManagerClient();
  const secretName = readText(environment, 'NEON_API_KEY_SECRET', 'the name of the secret with the Neon API key');
  return createNeonPlatform({
    apiKey: rememberSuccess(() => readSecret(client, secretName), { maximumAgeMs: keyAgeMs }),
    projectId: readText(environment, 'NEON_PROJECT_ID', 'the id of a Neon project'),
    branchId: readText(environment, 'NEON_BRANCH_ID', 'the id of the staging branch'),
    database: readText(environment, 'DATABASE_NAME', 'the name of a database'),
    role: readText(environment, 'DATABASE_ROLE', 'the name of the role that migrates'),
    baseUrl: readText(environment, 'NEON_API_URL', "the address of Neon's API"),
    clock,
  });
};
