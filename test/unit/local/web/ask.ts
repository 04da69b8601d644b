/** HTTP with every header as the test says it; `fetch` sets Host by itself. The secret goes along unless the test gives a cookie. */
import { request } from 'node:http';
import type { WebServer } from '#local/web/server';

/** The secret of the pages of every server here. */
export const secret = 'the-secret-of-this-start';

/** As the browser sends it that has opened the printed address. */
export const cookieOf = ({ port }: Pick<WebServer, 'port'>) => ({ cookie: `pages-${port}=${secret}` });

export type Asked = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
};

export const ask = (
  { port }: Pick<WebServer, 'port'>,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<Asked> =>
  new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { ...cookieOf({ port }), ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

export const asForm = (fields: Readonly<Record<string, string>>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});
