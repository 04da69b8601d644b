import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { count } from '#domain/count';
import { PlatformFailed } from '#domain/errors';
import type { Secrets } from '#lambdas/ports/people';
import { describeFailure, isNamed } from './aws-failure';

const minimumKeyBytes = 32;
const makeKey = 'make one with: openssl rand -base64 48';

const failed = (name: string, cause: unknown) =>
  isNamed(cause, 'ResourceNotFoundException')
    ? new PlatformFailed(
        `there is no secret "${name}" in AWS Secrets Manager in this account and region; create it, or correct its name in checklist.config.yaml and deploy again`,
        { cause },
      )
    : new PlatformFailed(`the secret "${name}" cannot be read: ${describeFailure(cause)}`, { cause });

/** The secret's text, without white space around it. Errors: PlatformFailed; no message holds any of it. */
export const readSecret = async (client: SecretsManagerClient, name: string): Promise<string> => {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((cause) => {
    throw failed(name, cause);
  });
  const text = (answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString('utf8')).trim();
  if (text === '') throw new PlatformFailed(`the secret "${name}" is empty; put its value into AWS Secrets Manager`);
  return text;
};

const parseKey = (name: string, text: string): Buffer => {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new PlatformFailed(`the secret "${name}" is not base64; ${makeKey}`);
  const key = Buffer.from(text, 'base64');
  if (key.length >= minimumKeyBytes) return key;
  throw new PlatformFailed(
    `the secret "${name}" holds ${count(key.length, 'byte')}; expected at least ${minimumKeyBytes} random bytes as base64; ${makeKey}`,
  );
};

/** A key that a secret holds as base64. Errors: PlatformFailed; no message holds any of it. */
export const readKey = async (client: SecretsManagerClient, name: string): Promise<Buffer> =>
  parseKey(name, await readSecret(client, name));

/** Names of the secrets, asked for when they are needed: a function has those that its row asks for. */
type SecretNames = { readonly approvals: () => string; readonly watch: () => string };

export const createSecretsManagerSecrets = (client: SecretsManagerClient, names: SecretNames): Secrets => ({
  approvalsKey: async () => readKey(client, names.approvals()),
  watchKey: async () => readKey(client, names.watch()),
});
