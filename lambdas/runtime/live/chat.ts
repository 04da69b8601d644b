import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecret } from '#adapters/aws/secrets-manager-secrets';
import { createWebhookChat } from '#adapters/chat/webhook-chat';
import type { Chat } from '#lambdas/ports/people';
import { type Environment, readNames } from '../environment';

export const makeChat = (environment: Environment): Chat => {
  const client = new SecretsManagerClient();
  const secretNames = readNames(environment, 'CHAT_WEBHOOK_SECRETS');
  return createWebhookChat(secretNames.map((channel) => ({ channel, readUrl: () => readSecret(client, channel) })));
};
