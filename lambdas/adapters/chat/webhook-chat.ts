/** Posts to chat channels by incoming webhook: `{"text": …}`, which Slack, Mattermost, Rocket.Chat and Google Chat take. */
import { reasonWithoutUrl } from '#adapters/http/failure-reason';
import type { Chat, ChatDelivery } from '#lambdas/ports/people';

export type Webhook = {
  /** The channel's name in messages: the name of the secret that holds its address. */
  readonly channel: string;
  /** The address; anybody who knows it can post. */
  readonly readUrl: () => Promise<string>;
};

/** 10 s: a migration does not wait longer for a chat. */
const standardTimeoutMs = 10_000;

/** Enough for the words of a refusal, too little for a whole page. */
const answerLength = 200;

const checkedUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLoopback = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || isLoopback)) return url;
  throw new Error('the secret holds no https address; put the address of the incoming webhook into it');
};

const firstLine = (text: string) => text.trim().split('\n', 1)[0]?.slice(0, answerLength) ?? '';

const postTo = async ({ readUrl }: Webhook, text: string, timeoutMs: number) => {
  const url = checkedUrl(await readUrl());
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ text }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const words = firstLine(await response.text());
    return {
      isDelivered: response.ok,
      answer: `${response.status}${words ? ` ${words.replaceAll(url.href, '(address)')}` : ''}`,
    };
  } catch (error) {
    return { isDelivered: false, answer: reasonWithoutUrl(error, timeoutMs) };
  }
};

export const createWebhookChat = (webhooks: readonly Webhook[], { timeoutMs = standardTimeoutMs } = {}): Chat => ({
  post: (text) =>
    Promise.all(
      webhooks.map(async (webhook): Promise<ChatDelivery> => {
        const outcome = await postTo(webhook, text, timeoutMs).catch(({ message }: Error) => ({
          isDelivered: false,
          answer: message,
        }));
        return { channel: webhook.channel, ...outcome };
      }),
    ),
});
