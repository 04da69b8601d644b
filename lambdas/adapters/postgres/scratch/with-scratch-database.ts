/** A database that exists only as long as a callback runs. */
import { VerificationFailed } from '#domain/errors';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Session, sqlStateOf, withOwnSession } from '../session/session';

type Connect = (address: DatabaseAddress) => Promise<ConnectionSettings>;

/** By this comment we know a database that an interrupted run left behind from one that is somebody's. */
const scratchMark = 'scratch database of migration-checklist: safe to drop';

/** Written so that every version from 15 on understands it; the locale's column and option were renamed in 17. */
const createStatement = `
SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L LOCALE_PROVIDER %s%s%s',
              $1::text, pg_encoding_to_char(encoding), datcollate, datctype,
              CASE datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
              CASE datlocprovider
                WHEN 'i' THEN ' ICU_LOCALE ' || quote_literal(coalesce(d->>'datlocale', d->>'daticulocale'))
                WHEN 'b' THEN ' BUILTIN_LOCALE ' || quote_literal(d->>'datlocale') END,
              ' ICU_RULES ' || quote_literal(nullif(d->>'daticurules', ''))) AS create
  FROM (SELECT *, to_jsonb(pg_database) AS d FROM pg_database WHERE datname = current_database()) AS source`;

const refuseOthers = async (session: Session, name: string) => {
  const { rows } = await session.query<{ isCurrent: boolean; comment: string | null }>(
    `SELECT datname = current_database() AS "isCurrent", shobj_description(oid, 'pg_database') AS comment
       FROM pg_database WHERE datname = $1`,
    [name],
  );
  const found = rows[0];
  if (found && (found.isCurrent || found.comment !== scratchMark))
    throw new VerificationFailed(
      `a database "${name}" exists and is not one of our scratch databases; drop it if nobody needs it, or name another one for the restore`,
    );
};

const drop = (session: Session, quotedName: string) =>
  session.query(`DROP DATABASE IF EXISTS ${quotedName} WITH (FORCE)`);

const create = async (session: Session, name: string, quotedName: string) => {
  await refuseOthers(session, name);
  await drop(session, quotedName);
  const { rows } = await session.query<{ create: string }>(createStatement, [name]);
  await session.query(rows[0]?.create ?? '');
  await session.query(`COMMENT ON DATABASE ${quotedName} IS '${scratchMark}'`);
};

const inWords = (connection: ConnectionSettings, name: string, error: unknown) =>
  sqlStateOf(error)
    ? new VerificationFailed(
        `the scratch database "${name}" could not be made or dropped on ${connection.host}:${connection.port} with the role "${connection.user}": ${(error as Error).message}; the restore needs a role with CREATEDB, and room for a second copy`,
        { cause: error },
      )
    : error;

/**
 * Makes an empty database with the encoding and locale of the one at `address`, on its server, and drops it in every case,
 * whoever is connected. One of ours that was left behind is replaced. Errors: VerificationFailed, DatabaseUnreachable.
 */
export const withScratchDatabase = async <T>(
  connect: Connect,
  address: DatabaseAddress,
  name: string,
  work: (scratch: ConnectionSettings) => Promise<T>,
): Promise<T> => {
  const quotedName = `"${name.replaceAll('"', '""')}"`;
  const administer = async (task: (session: Session) => Promise<unknown>) => {
    const connection = await connect(address);
    try {
      await withOwnSession(connection, task);
    } catch (error) {
      throw inWords(connection, name, error);
    }
  };
  await administer((session) => create(session, name, quotedName));
  const outcome = await Promise.allSettled([connect({ ...address, database: name }).then(work)]);
  const dropping = administer((session) => drop(session, quotedName));
  if (outcome[0].status === 'fulfilled') {
    await dropping;
    return outcome[0].value;
  }
  // What went wrong first is what is told; the next run drops what could not be dropped now.
  await dropping.catch(() => undefined);
  throw outcome[0].reason;
};
