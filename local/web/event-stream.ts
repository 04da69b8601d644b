/** Server-sent events that carry a page's live part whenever something has happened. */
import type { ServerResponse } from 'node:http';
import { asTyped } from '#command-line/as-typed';
import type { Html } from '#domain/html/html';
import type { WatchedEngine } from './site';

export type LivePart = {
  readonly markup: Html;
  /** True when the part will not change any more. */
  readonly isFinal: boolean;
};

// Proxies and sleeping laptops drop silent connections.
const heartbeatMs = 15_000;

// What an event announces can be read only a moment later; the last reading of a series comes after that moment.
const settleMs = 200;

const asData = (text: string) =>
  text
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');

/**
 * Sends the part now and after every event that concerns it, until it is final or the reader disconnects. Events that arrive
 * while the part is being read cause one more reading, not one each.
 */
export const streamLivePart = (
  response: ServerResponse,
  engine: Pick<WatchedEngine, 'subscribe'>,
  concerns: (event: { readonly name: string }) => boolean,
  read: () => Promise<LivePart>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let isReading = false;
    let isStale = false;
    let sent = '';
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
    let settling: NodeJS.Timeout | undefined;
    const unsubscribe = engine.subscribe((event) => {
      if (!concerns(event)) return;
      clearTimeout(settling);
      settling = setTimeout(refresh, settleMs);
      refresh();
    });
    response.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(settling);
      unsubscribe();
      resolve();
    });
    const send = ({ markup, isFinal }: LivePart) => {
      const text = asTyped(String(markup));
      if (text !== sent) response.write(`${asData(text)}\n`);
      sent = text;
      if (isFinal) response.end('event: end\ndata: \n\n');
    };
    const refreshWhileStale = async () => {
      while (isStale && !response.destroyed && !response.writableEnded) {
        isStale = false;
        send(await read());
      }
    };
    const refresh = () => {
      isStale = true;
      if (isReading) return;
      isReading = true;
      refreshWhileStale()
        .catch((error: Error) => {
          reject(error);
          // The browser asks again by itself.
          response.destroy();
        })
        .finally(() => {
          isReading = false;
        });
    };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    refresh();
  });
