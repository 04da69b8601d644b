/** The port Activity on Neon: single queries over HTTP, which hold no connection, and never to a compute that sleeps. */
import { neon, neonConfig } from '@neondatabase/serverless';
import { type Ask, findStatementsSchema, takeSample } from '#adapters/postgres/activity-query';
import { applicationName, sqlStateOf, whereIs } from '#adapters/postgres/session/session';
import { DatabaseUnreachable } from '#domain/errors';
import type { ConnectionSettings, Platform } from '#lambdas/ports/platform';
import type { Activity } from '#lambdas/ports/watching';

export type NeonActivityOptions = {
  readonly platform: Pick<Platform, 'connection' | 'isSuspended'>;
  /** Left out = the driver's default, derived from the database's address. */
  readonly sqlUrl?: string;
};

/** 15 s: a compute that has just fallen asleep wakes in one or two; more means that nobody answers. */
const queryTimeoutMs = 15_000;

const target = { branchId: 'target' } as const;

const uriOf = ({ host, port, user, password, database }: ConnectionSettings) =>
  `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}?application_name=${applicationName}`;

/** Classes of SQLSTATE that mean no session was had: connection, authorization, no such database, resources, shutdown. */
const refusesSession = (sqlState: string) => /^(08|28|3D|53|57P)/.test(sqlState);

/** The driver says only that it failed; its cause says what failed. */
const wordsOf = (error: unknown): string => {
  const { message, sourceError, cause } = error as Error & { sourceError?: unknown };
  const below = sourceError ?? cause;
  return below === undefined ? message : `${message}: ${wordsOf(below)}`;
};

const underOurNames = (connection: ConnectionSettings, error: unknown): unknown => {
  const sqlState = sqlStateOf(error);
  if (sqlState && !refusesSession(sqlState)) return error;
  const words = wordsOf(error).replaceAll(/\bpostgres(?:ql)?:\/\/\S+/g, 'postgresql://…');
  return new DatabaseUnreachable(
    `no answer over HTTP from ${whereIs(connection)}: ${words}; check the endpoint in the Neon console, and that its SQL over HTTP can be reached from here`,
    { cause: error },
  );
};

export const createNeonActivity = ({ platform, sqlUrl }: NeonActivityOptions): Activity => {
  const ask: Ask = async <Row>(text: string) => {
    const connection = await platform.connection(target);
    // The driver has one configuration for the whole process and reads it when the query starts, which is at `then`.
    if (sqlUrl) neonConfig.fetchEndpoint = sqlUrl;
    const query = neon(uriOf(connection), { fetchOptions: { signal: AbortSignal.timeout(queryTimeoutMs) } }).query(
      text,
    );
    return query.then(
      (rows) => rows as Row[],
      (error: unknown) => {
        throw underOurNames(connection, error);
      },
    );
  };
  return {
    takeBaseline: async () => takeSample(ask, await findStatementsSchema(ask)),
    look: async ({ statementsSchema }) =>
      (await platform.isSuspended(target))
        ? { state: 'suspended' }
        : { state: 'awake', sample: await takeSample(ask, statementsSchema) },
  };
};
