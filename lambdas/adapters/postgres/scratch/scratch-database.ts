/** Scratch databases: made beside the target on its own server, recognised by their name and by the comment they carry. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { LeftOut } from '#domain/backup/left-out';
import { PlatformFailed } from '#domain/errors';
import { isLockFailure, type Session, sqlStateOf } from '../session/session';

const prefix = 'migration_checklist_';

/** NAMEDATALEN - 1: PostgreSQL cuts longer names, and what is cut is not found again. */
const longestNameBytes = 63;

/** 24 h: after that a later run drops what a killed process left behind. */
export const scratchLifetimeMs = 24 * 3_600_000;

/** What the comment holds, as JSON. */
export type ScratchNote = {
  readonly madeBy: 'migration-checklist';
  /** The name it was requested by: a branch's, or the database's own. */
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** False while it is being filled; true when it is a branch that holds everything. */
  readonly isReady: boolean;
  /** What the copy goes without; known when it is ready. */
  readonly leftOut?: readonly LeftOut[];
};

/**
 * The connection limit of every database that we make: no comment can be written in the statement that makes a database, this can.
 * It tells one whose maker was killed before the comment from somebody else's, and no server lets that many in.
 */
export const madeByUs = 610_016;

/** The comment on the databases of restores before they carried a note. */
const earlierMark = 'scratch database of migration-checklist: safe to drop';

export const isScratchName = (database: string): boolean => database.startsWith(prefix);

/** The same for the same branch; two branches never share one. */
export const scratchNameOf = (branchName: string): string => {
  const plain = branchName.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const wanted = `${prefix}${plain}`;
  if (plain === branchName && wanted.length <= longestNameBytes) return wanted;
  const digest = createHash('sha256').update(branchName).digest('hex').slice(0, 12);
  return `${wanted.slice(0, longestNameBytes - digest.length - 1)}_${digest}`;
};

/** The note of a database that is about to be made. */
export const newNote = (
  name: string,
  createdAt: Date,
  expiresAt = new Date(createdAt.getTime() + scratchLifetimeMs),
): ScratchNote => ({
  madeBy: 'migration-checklist',
  name,
  isReady: false,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

const readNote = (comment: string | null): ScratchNote | null => {
  try {
    const note = JSON.parse(comment ?? 'null') as ScratchNote | null;
    return note?.madeBy === 'migration-checklist' ? note : null;
  } catch {
    return null;
  }
};

export type FoundScratch = {
  /** True when its name and its comment say that we made it, or its connection limit does while there is no comment yet. */
  readonly isOurs: boolean;
  /** Null when it does not carry one. */
  readonly note: ScratchNote | null;
};

/** Null when there is no such database. */
export const findScratch = async (session: Session, database: string): Promise<FoundScratch | null> => {
  const { rows } = await session.query<{ comment: string | null; limit: number }>(
    `SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment, datconnlimit AS limit
     FROM pg_catalog.pg_database WHERE datname = $1`,
    [database],
  );
  if (!rows[0]) return null;
  const { comment, limit } = rows[0];
  const note = readNote(comment);
  const isHalfMade = comment === null && limit === madeByUs;
  return { isOurs: isScratchName(database) && (note !== null || comment === earlierMark || isHalfMade), note };
};

export const writeNote = async (session: Session, database: string, note: ScratchNote): Promise<void> => {
  await session.query(
    `COMMENT ON DATABASE ${pg.escapeIdentifier(database)} IS ${pg.escapeLiteral(JSON.stringify(note))}`,
  );
};

/** PostgreSQL waits 5 s for the sessions that it ended; one that takes back a large statement on a busy server needs longer. */
const objectInUse = '55006';
const mostDrops = 4;
const pauseMs = 2_000;

/** insufficient_privilege */
const notPermitted = '42501';

/** Our role's, and nobody else's: autovacuum's worker there is not ours to end, and asking for it would be an error. */
export const endOwnSessions = async (session: Session, database: string): Promise<void> => {
  await session.query(
    'SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND usename = current_user',
    [database],
  );
};

/**
 * Ends all sessions in it. No error when it is gone. FORCE asks for the right to end every process there, autovacuum's too, which only a
 * superuser has; without it our own sessions are ended, and a plain DROP sends autovacuum away by itself.
 */
export const dropDatabase = async (session: Session, database: string): Promise<void> => {
  const drop = `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)}`;
  try {
    await session.query(`${drop} WITH (FORCE)`);
  } catch (error) {
    if (sqlStateOf(error) !== notPermitted) throw error;
    await endOwnSessions(session, database);
    await session.query(drop);
  }
};

/** Ends all sessions in it. No error when it is gone. Errors: PlatformFailed unless name and comment say that it is ours. */
export const dropScratch = async (session: Session, database: string): Promise<void> => {
  const found = await findScratch(session, database);
  if (!found) return;
  if (!found.isOurs)
    throw new PlatformFailed(
      `database "${database}" was not made by migration-checklist (its name has to begin with ${prefix} and its comment to say so), so it is not dropped; if it is not needed, drop it by hand`,
    );
  for (let attempt = 1; ; attempt += 1)
    try {
      await dropDatabase(session, database);
      return;
    } catch (error) {
      if (!(isLockFailure(error) || sqlStateOf(error) === objectInUse) || attempt === mostDrops) throw error;
      await sleep(pauseMs);
    }
};

/** Those that the role may drop. */
export const dropExpiredScratches = async (session: Session, now: Date): Promise<void> => {
  const { rows } = await session.query<{ database: string; comment: string | null }>(
    `SELECT datname AS database, pg_catalog.shobj_description(oid, 'pg_database') AS comment
     FROM pg_catalog.pg_database
     WHERE pg_catalog.starts_with(datname, $1) AND pg_catalog.pg_has_role(datdba, 'USAGE')`,
    [prefix],
  );
  for (const { database, comment } of rows) {
    const expiresAt = readNote(comment)?.expiresAt;
    if (expiresAt && new Date(expiresAt) <= now) await dropScratch(session, database);
  }
};

type Making = { readonly options: string; readonly mayCreate: boolean; readonly role: string };

/**
 * Written so that every version from 15 on understands it: the locale's column was renamed in 17, rules came with 16. The
 * provider is said in every case, because the one of template0 is the cluster's and not this database's.
 */
const makingQuery = `
SELECT pg_catalog.format('ENCODING %L LC_COLLATE %L LC_CTYPE %L LOCALE_PROVIDER %s%s%s',
         pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype,
         CASE datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
         CASE datlocprovider
           WHEN 'i' THEN ' ICU_LOCALE ' || pg_catalog.quote_literal(coalesce(d ->> 'datlocale', d ->> 'daticulocale'))
           WHEN 'b' THEN ' BUILTIN_LOCALE ' || pg_catalog.quote_literal(d ->> 'datlocale') END,
         ' ICU_RULES ' || pg_catalog.quote_literal(nullif(d ->> 'daticurules', ''))) AS options,
       rolsuper OR rolcreatedb AS "mayCreate", rolname AS role
FROM (SELECT *, pg_catalog.to_jsonb(pg_database) AS d FROM pg_catalog.pg_database) AS source, pg_catalog.pg_roles
WHERE datname = pg_catalog.current_database() AND rolname = current_user`;

/**
 * Makes an empty database that sorts and compares as the session's own does. Errors: PlatformFailed, with the server's own
 * error as its cause when it was the server that refused.
 */
export const createScratch = async (session: Session, database: string, note: ScratchNote): Promise<void> => {
  if (!isScratchName(database))
    throw new PlatformFailed(
      `"${database}" is not the name of a scratch database; expected one that begins with ${prefix}, by which a later run finds what was left behind`,
    );
  const { rows } = await session.query<Making>(makingQuery);
  const { options, mayCreate, role } = rows[0] as Making;
  if (!mayCreate)
    throw new PlatformFailed(
      `role "${role}" may not create databases, which the scratch database "${database}" needs; run ALTER ROLE ${pg.escapeIdentifier(role)} CREATEDB as a superuser`,
    );
  try {
    await session.query(
      `CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0 ${options} CONNECTION LIMIT ${madeByUs}`,
    );
  } catch (cause) {
    if (sqlStateOf(cause) === null) throw cause;
    throw new PlatformFailed(`the scratch database "${database}" could not be made: ${(cause as Error).message}`, {
      cause,
    });
  }
  await writeNote(session, database, note);
};
