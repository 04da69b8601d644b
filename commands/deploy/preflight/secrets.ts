/** Verifies that the secrets that the configuration names exist and have the right form. No message contains a secret's value. */
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readKey, readSecret } from '#adapters/aws/secrets-manager-secrets';
import type { Config } from '#infra/config';
import type { Check } from './check';

/** The functions may read the secret, but use no key beside the installation's. */
const verifyKey = async (client: SecretsManagerClient, name: string): Promise<readonly string[]> => {
  const { KmsKeyId } = await client.send(new DescribeSecretCommand({ SecretId: name }));
  return KmsKeyId === undefined || KmsKeyId.endsWith('alias/aws/secretsmanager')
    ? []
    : [
        `the secret "${name}" is encrypted with a key of your own, which the functions may not use; make it with the standard key aws/secretsmanager`,
      ];
};

const verifyWebhook = async (client: SecretsManagerClient, name: string): Promise<readonly string[]> => {
  const text = await readSecret(client, name);
  return URL.canParse(text) && new URL(text).protocol === 'https:'
    ? []
    : [`the secret "${name}" holds no https address; put the address of the chat's incoming webhook into it`];
};

export const secretChecks = (client: SecretsManagerClient, config: Config): readonly Check[] => {
  const { 'neon.apiKeySecret': apiKey, 'chat.webhookSecrets': webhooks, 'codeHost.tokenSecret': token } = config;
  const writingToken = config['codeHost.documentsRepository'] === '' ? '' : config['codeHost.documentsTokenSecret'];
  const keys = [config['approvals.linkKeySecret'], config['monitor.tokenKeySecret']];
  const check = (name: string, look: () => Promise<readonly string[]>): Check => ({
    title: `the secret ${name}`,
    look: async () => [...(await look()), ...(await verifyKey(client, name))],
  });
  const checkText = (name: string) =>
    check(name, async () => {
      await readSecret(client, name);
      return [];
    });
  return [
    checkText(apiKey),
    // Without it the code host is asked as anybody may ask it.
    ...(token === '' ? [] : [checkText(token)]),
    ...(writingToken === '' ? [] : [checkText(writingToken)]),
    ...keys.map((name) =>
      check(name, async () => {
        await readKey(client, name);
        return [];
      }),
    ),
    ...webhooks.map((name) => check(name, () => verifyWebhook(client, name))),
  ];
};
