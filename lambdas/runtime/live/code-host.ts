import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '#adapters/aws/secrets-manager-secrets';
import { createGitHubCodeHost } from '#adapters/github/code-host';
import type { CodeHost } from '#lambdas/ports/code-host';
import { type Environment, readText } from '../environment';

export const makeCodeHost = (environment: Environment): CodeHost => {
  const secretName = environment['CODE_HOST_TOKEN_SECRET'] ?? '';
  const [repository, writingSecret] = [
    environment['DOCUMENTS_REPOSITORY'] ?? '',
    environment['DOCUMENTS_TOKEN_SECRET'] ?? '',
  ];
  const tokenIn = async (name: string) => (name === '' ? null : readSecret(new SecretsManagerClient(), name));
  return createGitHubCodeHost({
    url: readText(environment, 'CODE_HOST_URL', 'the address of the code host'),
    apiUrl: environment['CODE_HOST_API_URL'] ?? '',
    readToken: () => tokenIn(secretName),
    documents: repository === '' ? null : { repository, readToken: () => tokenIn(writingSecret) },
  });
};
