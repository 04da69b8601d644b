import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerSecrets } from '#adapters/aws/secrets-manager-secrets';
import type { Secrets } from '#lambdas/ports/people';
import { type Environment, readText } from '../environment';

/** No function has both names: who watches cannot make links and codes, who asks cannot answer for the window. */
export const makeSecrets = (environment: Environment): Secrets =>
  createSecretsManagerSecrets(new SecretsManagerClient(), {
    approvals: () => readText(environment, 'LINK_KEY_SECRET', 'the name of the secret with the link key'),
    watch: () => readText(environment, 'TOKEN_KEY_SECRET', "the name of the secret with the monitoring token's key"),
  });
