/** The database that was named: what it is, who we are there, and what is in the way. It is only read. */
import { readMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { readConnectionUrl } from '#adapters/postgres/plain-server/connection-url';
import { type LeftScratch, scratchesOnServer } from '#adapters/postgres/scratch/left-on-server';
import { withSession } from '#adapters/postgres/session/session';
import { count } from '#domain/count';
import { quotedName } from '#domain/sql/quoted-name';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type Finding, inTheWay, well, worthKnowing } from './finding';

const needing = ['rehearse', 'run', 'adopt'] as const;

/** Those that npm run test:versions runs on; the parser is the newest one's. */
const tested = { lowest: 15, highest: 18 } as const;

type Row = {
  readonly version: string;
  readonly major: number;
  readonly role: string;
  readonly mayCopy: boolean;
  readonly isInRecovery: boolean;
  readonly present: readonly string[];
  readonly isAdopted: boolean;
};

const readRow = (connection: ConnectionSettings, ownTables: readonly string[]): Promise<Row | undefined> =>
  withSession(connection, async (session) => {
    const { rows } = await session.query<Row>(
      `SELECT split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
              pg_catalog.current_setting('server_version_num')::int4 / 10000 AS major,
              r.rolname::text AS role, r.rolsuper OR r.rolcreatedb AS "mayCopy", pg_catalog.pg_is_in_recovery() AS "isInRecovery",
              ARRAY(SELECT DISTINCT c.relname::text FROM pg_catalog.pg_class c
                     WHERE c.relkind = 'r' AND c.relname = ANY ($1::text[])) AS present,
              pg_catalog.to_regclass('migration_checklist.ledger') IS NOT NULL AS "isAdopted"
         FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`,
      [ownTables],
    );
    return rows[0];
  });

const versionFinding = ({ version, major }: Row): readonly Finding[] =>
  major < tested.lowest || major > tested.highest
    ? [
        worthKnowing(
          `PostgreSQL ${version}: tests run on ${tested.lowest} to ${tested.highest}, and statements are read with the parser of ${tested.highest}`,
          major > tested.highest
            ? 'What only a newer PostgreSQL can read is refused.'
            : 'Upgrade the server, or try everything on a copy first.',
        ),
      ]
    : [];

const judge = (row: Row, { pooled }: ConnectionSettings, isMarked: boolean): readonly Finding[] => [
  ...versionFinding(row),
  ...(row.isInRecovery
    ? [inTheWay('the server is a standby, which takes no changes', 'Name the primary.', needing)]
    : []),
  ...(pooled
    ? [
        inTheWay(
          'the address is a pooler: sessions, locks and copies need one server process',
          'Name the direct address.',
          needing,
        ),
      ]
    : []),
  ...(row.mayCopy
    ? []
    : [
        inTheWay(
          `role ${row.role} may not make databases, and copies are databases`,
          `As a superuser: ALTER ROLE "${row.role.replaceAll('"', '""')}" CREATEDB`,
          ['rehearse', 'run'],
        ),
      ]),
  ...(isMarked
    ? [well('the database is marked as staging')]
    : [
        worthKnowing(
          'the database is not marked as staging: a run refuses it',
          'A person marks it: npm run mark-staging -- --database-url …',
          ['run'],
        ),
      ]),
  ...(row.present.length > 0 && !row.isAdopted
    ? [
        worthKnowing(
          `another tool keeps its table here: ${row.present.join(', ')}`,
          'Take the database over first: npm run adopt -- --database-url …',
        ),
      ]
    : []),
];

/** Nothing is removed here: only a person knows whether a run that waits for an answer still needs its copy. */
export const scratchFinding = ({ database, createdAt, expiresAt, owner, sessions }: LeftScratch): Finding => {
  const age = createdAt === null ? 'of a process that was killed while it made it' : `made at ${createdAt}`;
  if (sessions > 0)
    return well(
      `copy "${database}", ${age}: in use by ${count(sessions, 'session')}, left to the run that is at work there`,
    );
  const later = expiresAt === null ? 'no run drops it by itself' : `a run that starts after ${expiresAt} drops it`;
  return worthKnowing(
    `copy "${database}", ${age}, has no session: left behind, or of a run that waits for an answer (npm run status)`,
    `${later[0]?.toUpperCase()}${later.slice(1)}. Where no run needs it, in psql on another database, as ${quotedName(owner)} or a superuser: DROP DATABASE ${quotedName(database)};`,
  );
};

/** `url` is the option's value, whole; no message repeats it. */
export const lookAtDatabase = async (url: string, ownTables: readonly string[]): Promise<readonly Finding[]> => {
  try {
    const connection = readConnectionUrl(url);
    // `public.schema_migrations` or `schema_migrations`: the tool's search path decides, so the name alone is asked.
    const row = await readRow(
      connection,
      ownTables.map((name) => name.split('.').at(-1) ?? name),
    );
    if (!row) return [];
    const address = `${connection.host}:${connection.port}`;
    const answers = well(
      `database "${connection.database}" on ${address} answers: PostgreSQL ${row.version}, role ${row.role}`,
    );
    const scratches = await withSession(connection, scratchesOnServer);
    return [
      answers,
      ...judge(row, connection, (await readMark(connection)) !== null),
      ...scratches.map(scratchFinding),
    ];
  } catch (error) {
    const remedy = 'Correct the URL or what it names; psql with the same URL must connect.';
    return [inTheWay((error as Error).message, remedy, needing)];
  }
};
