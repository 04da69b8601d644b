/** A chat's incoming webhook: takes what is posted to one secret address. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type ChatChannel = {
  readonly url: string;
  /** What makes the address a secret. */
  readonly token: string;
  readonly posted: readonly string[];
  close(): Promise<void>;
};

export const openChatChannel = async (): Promise<ChatChannel> => {
  const token = randomBytes(16).toString('hex');
  const posted: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const isKnown = request.url === `/hooks/${token}`;
    if (isKnown) posted.push((JSON.parse(body) as { text: string }).text);
    response.writeHead(isKnown ? 200 : 404).end(isKnown ? 'ok' : 'no such hook');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks/${token}`,
    token,
    posted,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
