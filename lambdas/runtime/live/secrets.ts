import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerSecrets } from '#adapters/aws/secrets-manager-secrets';
import type { Secrets } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

export const makeSecrets = (environment: Environment): Secrets =>
  createSecretsManagerSecrets(
    new SecretsManagerClient(),
    readText(environment, 'LINK_KEY_SECRET', 'the name of the secret with the link key'),
  );
