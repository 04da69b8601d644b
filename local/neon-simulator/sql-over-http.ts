/** Neon's SQL over HTTP as its driver speaks it: one statement in, rows as text out. Batches are not served: nothing here sends them. */
import type { IncomingHttpHeaders } from 'node:http';
import pg from 'pg';
import { refusals } from './refusal';
import type { ApiAnswer } from './routes';
import { branchesOf, type Simulation } from './simulation';

/** What @neondatabase/serverless 1.2 sends with every query; rows would look different without. */
const expectedHeaders = { 'neon-raw-text-output': 'true', 'neon-array-mode': 'true' } as const;

/** The fields of a PostgreSQL error that the driver copies. */
const errorFields = [
  ...['message', 'severity', 'code', 'detail', 'hint', 'position', 'internalPosition', 'internalQuery', 'where'],
  ...['schema', 'table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine'],
] as const;

type Statement = { readonly query: string; readonly params: readonly (string | null)[] };

const parseStatement = (body: unknown): Statement => {
  const { query, params = [], queries } = (body ?? {}) as Record<string, unknown>;
  if (queries !== undefined) throw refusals.malformed('this stand-in serves single queries, no batches');
  if (
    typeof query !== 'string' ||
    !Array.isArray(params) ||
    params.some((one) => one !== null && typeof one !== 'string')
  )
    throw refusals.malformed('expected {"query": text, "params": [text or null, …]}');
  return { query, params };
};

/** Only to a server of this simulation: it does not connect to others. */
const clientFor = (simulation: Simulation, headers: IncomingHttpHeaders): pg.Client => {
  for (const [name, value] of Object.entries(expectedHeaders))
    if (headers[name] !== value) throw refusals.malformed(`the header ${name} is ${headers[name]}; expected ${value}`);
  const given = headers['neon-connection-string'];
  if (typeof given !== 'string' || !URL.canParse(given))
    throw refusals.malformed('the header Neon-Connection-String is not a connection string');
  const { hostname: host, port, username, password, pathname, searchParams } = new URL(given);
  const isOurs = branchesOf(simulation).some(({ id }) => {
    const server = simulation.computes.connection(id);
    return server?.host === host && String(server.port) === port;
  });
  if (!isOurs) throw refusals.notFound('endpoint');
  return new pg.Client({
    host,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    application_name: searchParams.get('application_name') ?? '',
    // As they come from the server: the driver parses them.
    types: { getTypeParser: () => (value: unknown) => value },
  });
};

const errorAnswer = (error: unknown): ApiAnswer => {
  if (!(error instanceof pg.DatabaseError)) throw error;
  return { status: 400, body: Object.fromEntries(errorFields.map((field) => [field, error[field] ?? null])) };
};

/** Refusals: 400 for what the driver does not send, 404 for a server that is not one of the branches'. */
export const answerSql = async (
  simulation: Simulation,
  headers: IncomingHttpHeaders,
  body: unknown,
): Promise<ApiAnswer> => {
  const { query, params } = parseStatement(body);
  const client = clientFor(simulation, headers);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { command, rowCount, rows, fields } = await client.query({
      text: query,
      values: [...params],
      rowMode: 'array',
    });
    return { status: 200, body: { command, rowCount, rows, fields, rowAsArray: true } };
  } catch (error) {
    return errorAnswer(error);
  } finally {
    await client.end().catch(() => undefined);
  }
};
