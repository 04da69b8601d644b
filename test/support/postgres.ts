/** A database of its own for a test, on the server that `start-postgres.ts` started. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { ConnectionSettings } from '#lambdas/ports/platform';

/** The superuser's way to the test server. */
export const testServer = (): { host: string; port: number; user: string; password: string } =>
  JSON.parse(process.env['TEST_POSTGRES'] ?? 'null') ?? fail();

const fail = (): never => {
  throw new Error('no test server: this test belongs into a project whose global setup starts one');
};

const asSuperuser = async (sql: string) => {
  const client = new pg.Client({ ...testServer(), database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** Makes an empty database, hands over how to connect, and drops it afterwards whatever happened. */
export const withDatabase = async <T>(work: (connection: ConnectionSettings) => Promise<T>): Promise<T> => {
  const database = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(`CREATE DATABASE ${database} TEMPLATE template0 STRATEGY FILE_COPY`);
  try {
    return await work({ ...testServer(), database, tls: false, pooled: false });
  } finally {
    await asSuperuser(`DROP DATABASE ${database} WITH (FORCE)`);
  }
};

/** A connected client, closed afterwards. */
export const withClient = async <T>(
  connection: ConnectionSettings,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const { host, port, user, password, database } = connection;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
