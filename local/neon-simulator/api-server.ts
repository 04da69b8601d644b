/** Serves the routes over HTTP on loopback: authentication, JSON and errors in Neon's form. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal, refusals } from './refusal';
import { type ApiAnswer, type Route, routes } from './routes';
import type { Simulation } from './simulation';
import { answerSql } from './sql-over-http';

export type ApiServer = {
  readonly baseUrl: string;
  /** Where SQL is served over HTTP. */
  readonly sqlUrl: string;
  /** Ends open connections too. */
  close(): Promise<void>;
};

const basePath = '/api/v2';
const sqlPath = '/sql';

/** Bodies of the requests served have a few hundred bytes. */
const maxBodyBytes = 64 * 1024;

/** Path below the project → parameters; null when the route is another one. */
const matcherOf = ({ path }: Route) => {
  const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return (below: string) => {
    const found = pattern.exec(below);
    return found && { ...found.groups };
  };
};

const table = routes.map((route) => ({ route, match: matcherOf(route) }));

const assertKey = (expected: string, request: IncomingMessage) => {
  const given = Buffer.from(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const key = Buffer.from(expected);
  if (given.length !== key.length || !timingSafeEqual(given, key)) throw refusals.unauthorized();
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBodyBytes) throw refusals.malformed(`the body has more than ${maxBodyBytes} bytes`);
    parts.push(part);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw refusals.malformed(`the body is not JSON: ${(error as Error).message}`);
  }
};

const answerTo = async (simulation: Simulation, request: IncomingMessage): Promise<ApiAnswer> => {
  const { project } = simulation.records.current();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  // The database's own password opens it, not the key of the API.
  if (request.method === 'POST' && url.pathname === sqlPath)
    return answerSql(simulation, request.headers, await readBody(request));
  assertKey(project.apiKey, request);
  const [, projectId, below] = /^\/api\/v2\/projects\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  if (projectId !== undefined && projectId !== project.id) throw refusals.notFound('project');
  for (const { route, match } of table) {
    const params = request.method === route.method && below !== undefined ? match(below) : null;
    if (params) return route.answer(simulation, { params, query: url.searchParams, body: await readBody(request) });
  }
  throw new Refusal(404, `this stand-in does not serve ${request.method} ${url.pathname}`);
};

const send = (response: ServerResponse, { status, body }: ApiAnswer) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

/** Any other error is a defect or comes from the disk: the client gets its message, as with Neon's own 500. */
const errorAnswer = (error: unknown): ApiAnswer => {
  const { status, code } = error instanceof Refusal ? error : { status: 500, code: '' };
  return { status, body: { request_id: randomUUID(), code, message: (error as Error).message } };
};

/** Listens on a free port of 127.0.0.1. */
export const startApiServer = async (simulation: Simulation): Promise<ApiServer> => {
  const server = createServer((request, response) => {
    void answerTo(simulation, request)
      .catch(errorAnswer)
      .then((answer) => send(response, answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the local platform got no port to listen on');
  return {
    baseUrl: `http://127.0.0.1:${address.port}${basePath}`,
    sqlUrl: `http://127.0.0.1:${address.port}${sqlPath}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
