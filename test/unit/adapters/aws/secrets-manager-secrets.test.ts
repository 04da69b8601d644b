import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { createSecretsManagerSecrets, readSecret } from '#adapters/aws/secrets-manager-secrets';
import { serviceError } from './s3-in-memory';

const names = { approvals: () => 'checklist/link-key', watch: () => 'checklist/token-key' };

const openSecrets = () => {
  const client = new SecretsManagerClient({ region: 'eu-central-1' });
  return { client, mock: mockClient(client), secrets: createSecretsManagerSecrets(client, names) };
};

test('the link key is the base64 of the secret with that name', async () => {
  const { mock, secrets } = openSecrets();
  const key = randomBytes(48);
  mock
    .on(GetSecretValueCommand, { SecretId: 'checklist/link-key' })
    .resolves({ SecretString: `${key.toString('base64')}\n` });

  expect(await secrets.approvalsKey()).toEqual(key);
});

test.each([
  [
    'too short a key',
    randomBytes(31).toString('base64'),
    /holds 31 bytes; expected at least 32 random bytes as base64/,
  ],
  ['what is not base64', 'pass word!', /is not base64; make one with: openssl rand -base64 48/],
  ['an empty secret', '  ', /is empty/],
])('%s is refused without being shown', async (_, text, words) => {
  const { mock, secrets } = openSecrets();
  mock.on(GetSecretValueCommand).resolves({ SecretString: text });

  const error = await secrets.approvalsKey().catch((reason) => reason);

  expect(error).toMatchObject({ name: 'PlatformFailed', message: expect.stringMatching(words) });
  expect(error.message).toContain('"checklist/link-key"');
  expect(text.trim() === '' || !error.message.includes(text)).toBe(true);
});

test('a secret may also be stored as bytes', async () => {
  const { client, mock } = openSecrets();
  mock.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from('napi_key\n') });

  expect(await readSecret(client, 'neon')).toBe('napi_key');
});

test.each([
  [
    'ResourceNotFoundException',
    /there is no secret "neon" .* create it, or correct its name in checklist\.config\.yaml/,
  ],
  [
    'AccessDeniedException',
    /the secret "neon" cannot be read: AccessDeniedException .* the role that asked, a function's or your own, is not allowed to/,
  ],
  ['ThrottlingException', /the secret "neon" cannot be read: ThrottlingException .* trying again later helps/],
])('%s says what to do', async (name, words) => {
  const { client, mock } = openSecrets();
  mock.on(GetSecretValueCommand).rejects(serviceError(name, 400));

  await expect(readSecret(client, 'neon')).rejects.toMatchObject({
    name: 'PlatformFailed',
    message: expect.stringMatching(words),
  });
});
