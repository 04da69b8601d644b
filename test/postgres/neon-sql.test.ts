/** SQL over HTTP as the simulator serves it, seen through Neon's driver and past it. */
import { NeonDbError, neon, neonConfig } from '@neondatabase/serverless';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { query, type Simulated, simulate } from './neon-simulation';

// A server is started for real.
jest.setTimeout(60_000);

let simulator: Simulated;

beforeAll(async () => {
  simulator = await simulate();
  neonConfig.fetchEndpoint = simulator.sqlUrl;
});

afterAll(() => simulator.remove());

const staging = () => simulator.connection(simulator.stagingBranchId);

const uriOf = ({ host, port, user, password, database }: ConnectionSettings) =>
  `postgresql://${user}:${password}@${host}:${port}/${database}`;

test('values come back through the driver as they come through a session', async () => {
  const text = `SELECT 1::int4 AS "int", 9007199254740993::int8 AS "bigint", 1.5::float8 AS "float", true AS "bool",
    NULL AS "nothing", '{"a": [1]}'::json AS "json", '{x,"y z"}'::text[] AS "list", 'ü'::text AS "text"`;

  const [overHttp] = await neon(uriOf(staging())).query(text);
  const [inSession] = await query(staging(), text);

  expect(overHttp).toEqual(inSession);
});

test('parameters, an empty answer and a command are served', async () => {
  const sql = neon(uriOf(staging()), { fullResults: true });

  expect((await sql.query('SELECT $1::int + 1 AS sum, $2::text AS word', [41, null])).rows).toEqual([
    { sum: 42, word: null },
  ]);
  expect(await sql.query('SELECT 1 WHERE false')).toMatchObject({ rows: [], rowCount: 0, command: 'SELECT' });
  expect(await sql.query('CREATE TEMPORARY TABLE gone (id int)')).toMatchObject({ rows: [], command: 'CREATE' });
});

test('an error of the server comes with its SQLSTATE, its words and its place', async () => {
  const failure = await neon(uriOf(staging()))
    .query('SELECT nothing')
    .catch((error: Error) => error);

  expect(failure).toBeInstanceOf(NeonDbError);
  expect(failure).toMatchObject({
    code: '42703',
    severity: 'ERROR',
    position: '8',
    message: 'column "nothing" does not exist',
  });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a batch', () => neon(uriOf(staging())).transaction((sql) => [sql.query('SELECT 1')]), /single queries, no batches/],
  [
    'a server that is no branch',
    () => neon(uriOf({ ...staging(), port: 1 })).query('SELECT 1'),
    /HTTP status 404.*endpoint not found/,
  ],
  [
    'a database that is not there',
    () => neon(uriOf({ ...staging(), database: 'elsewhere' })).query('SELECT 1'),
    /database "elsewhere" does not exist/,
  ],
])('%s is refused', async (_, ask, words) => {
  await expect(ask()).rejects.toThrow(words);
});

test.each<[string, Record<string, string>, unknown, string]>([
  ["without the driver's headers", { 'neon-array-mode': 'false' }, { query: 'SELECT 1' }, 'neon-array-mode is false'],
  [
    'without a connection string',
    { 'neon-connection-string': 'nowhere' },
    { query: 'SELECT 1' },
    'is not a connection string',
  ],
  ['without a statement', {}, { text: 'SELECT 1' }, 'expected {"query": text'],
])("a request %s is none of the driver's", async (_, differing, body, words) => {
  const headers = {
    'neon-connection-string': uriOf(staging()),
    'neon-raw-text-output': 'true',
    'neon-array-mode': 'true',
    ...differing,
  };

  const response = await fetch(simulator.sqlUrl, { method: 'POST', headers, body: JSON.stringify(body) });

  expect(response.status).toBe(400);
  expect(((await response.json()) as { message: string }).message).toContain(words);
});
