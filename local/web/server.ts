/** The one server of this machine: pages, approvals and the Step Functions API, on loopback only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InvalidInput } from '#domain/errors';
import type { HttpResponse } from '#lambdas/runtime/http';
import { answerRefusal, notFound, send } from './answer';
import { streamLivePart } from './event-stream';
import { refusalOf } from './guards';
import { readRunPart, readRunsPart } from './live-parts';
import { readForm } from './read-form';
import { formRoutes, pageRoutes } from './routes';
import { askForSecret } from './secret';
import type { Site } from './site';
import { answerOwnTerminal, isForTerminal } from './terminal';

export type WebServer = {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Requests that came before wait for this. */
  serve(site: Site): void;
  /** Ends all connections, event streams too. */
  close(): Promise<void>;
};

export type WebServerOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** Of `makeSecret`. */
  readonly secret: string;
  /** Gets defects; never a path, because it may contain an approval's link. */
  readonly log: (text: string) => void;
};

const host = '127.0.0.1';

const answerRequest = async (site: Site, request: IncomingMessage, path: string): Promise<HttpResponse> => {
  if (request.method === 'POST') {
    const route = formRoutes.find(([pattern]) => pattern.test(path));
    if (!route) return notFound();
    const sent = await readForm(request);
    return sent.isTaken ? route[1](site, path, sent.form) : answerRefusal(sent.refusal);
  }
  for (const [pattern, answer] of pageRoutes) {
    const match = pattern.exec(path);
    if (match) return (await answer(site, match[1] ?? '', path)) ?? notFound();
  }
  return notFound();
};

const streamEvents = async (site: Site, path: string, response: ServerResponse): Promise<boolean> => {
  if (path === '/events') {
    await streamLivePart(
      response,
      site.engine,
      () => true,
      () => readRunsPart(site),
    );
    return true;
  }
  const name = /^\/runs\/([\w.-]+)\/events$/.exec(path)?.[1];
  const first = name === undefined ? null : await readRunPart(site, name);
  if (!name || !first) return false;
  await streamLivePart(
    response,
    site.engine,
    (event) => event.name === name,
    async () => (await readRunPart(site, name)) ?? first,
  );
  return true;
};

type Answered = { readonly site: Site; readonly secret: string; readonly port: number };

const answer = async (
  { site, secret, port }: Answered,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { method = '', headers, url = '' } = request;
  const refusal = refusalOf(method, headers);
  if (refusal) return send(response, method, answerRefusal(refusal));
  // Its requests are signed.
  if (site.running?.api.handles(request)) return site.running.api.handle(request, response);
  const [asked = ''] = url.split('?');
  if (isForTerminal(asked)) return send(response, method, await answerOwnTerminal(site, secret, request, asked));
  const stopped = askForSecret(request, secret, port);
  if (stopped) return send(response, method, stopped);
  if (method === 'GET' && (await streamEvents(site, asked, response))) return;
  send(response, method, await answerRequest(site, request, asked));
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
      reject(
        new InvalidInput(
          `port ${port} of ${host} cannot be used: ${reason}. Name another with --port N; 0 takes any free one.`,
          {
            cause,
          },
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/** Listens at once, so that the address is known, and answers once the site is ready. Errors: InvalidInput. */
export const openWebServer = async ({ port: wanted, secret, log }: WebServerOptions): Promise<WebServer> => {
  let serve: (site: Site) => void = () => undefined;
  const served = new Promise<Site>((resolve) => {
    serve = resolve;
  });
  const server = createServer((request, response) => {
    served
      .then((site) => answer({ site, secret, port }, request, response))
      .catch((error: Error) => {
        log(`a page could not be made: ${error.name}: ${error.message}`);
        if (response.headersSent) return response.destroy();
        const sentence = 'Nothing was decided. Try again; the terminal says what happened.';
        send(response, request.method ?? '', answerRefusal({ status: 500, title: 'Something went wrong', sentence }));
        return undefined;
      });
  });
  const port = await listen(server, wanted);
  return {
    port,
    url: `http://${host}:${port}`,
    serve,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
