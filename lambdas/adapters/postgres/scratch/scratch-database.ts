/** Scratch databases: copies of the target on its own server, recognised by their name and by the comment they carry. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { PlatformFailed } from '#domain/errors';
import { type Session, sqlStateOf } from '../session/session';

const prefix = 'migration_checklist_';

/** NAMEDATALEN - 1: PostgreSQL cuts longer names, and what is cut is not found again. */
const longestNameBytes = 63;

/** What the comment holds, as JSON. */
export type ScratchNote = {
  readonly madeBy: 'migration-checklist';
  /** The branch's name as it was asked for. */
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** False while it is being filled; true when it holds everything. */
  readonly isReady: boolean;
};

export const isScratchName = (database: string): boolean => database.startsWith(prefix);

/** The same for the same branch; two branches never share one. */
export const scratchNameOf = (branchName: string): string => {
  const plain = branchName.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const wanted = `${prefix}${plain}`;
  if (plain === branchName && wanted.length <= longestNameBytes) return wanted;
  const digest = createHash('sha256').update(branchName).digest('hex').slice(0, 12);
  return `${wanted.slice(0, longestNameBytes - digest.length - 1)}_${digest}`;
};

const readNote = (comment: string | null): ScratchNote | null => {
  try {
    const note = JSON.parse(comment ?? 'null') as ScratchNote | null;
    return note?.madeBy === 'migration-checklist' ? note : null;
  } catch {
    return null;
  }
};

/** `note` is null when the database does not carry ours. Null when there is no such database. */
export const findScratch = async (
  session: Session,
  database: string,
): Promise<{ readonly note: ScratchNote | null } | null> => {
  const { rows } = await session.query<{ comment: string | null }>(
    `SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = $1`,
    [database],
  );
  return rows[0] ? { note: readNote(rows[0].comment) } : null;
};

export const writeNote = async (session: Session, database: string, note: ScratchNote): Promise<void> => {
  await session.query(
    `COMMENT ON DATABASE ${pg.escapeIdentifier(database)} IS ${pg.escapeLiteral(JSON.stringify(note))}`,
  );
};

/** Ends all sessions in it. No error when it is gone. Errors: PlatformFailed unless name and comment say that it is ours. */
export const dropScratch = async (session: Session, database: string): Promise<void> => {
  const found = await findScratch(session, database);
  if (!found) return;
  if (!isScratchName(database) || !found.note)
    throw new PlatformFailed(
      `database "${database}" was not made by migration-checklist (its name has to begin with ${prefix} and its comment to say so), so it is not dropped; if it is not needed, drop it by hand`,
    );
  await session.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
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

type Locale = {
  encoding: string;
  provider: string;
  collate: string;
  ctype: string;
  locale: string | null;
  mayCreate: boolean;
  role: string;
};

// daticulocale became datlocale in 17; read as JSON, the row has whichever there is.
const localeQuery = `
SELECT pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, d.datctype AS ctype,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
       r.rolsuper OR r.rolcreatedb AS "mayCreate", r.rolname AS role
FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user`;

/** `LOCALE_PROVIDER` and the option that carries its locale, by pg_database.datlocprovider. */
const providers: Readonly<Record<string, readonly [provider: string, option: string]>> = {
  i: ['icu', 'ICU_LOCALE'],
  b: ['builtin', 'BUILTIN_LOCALE'],
};

const optionsOf = ({ encoding, provider, collate, ctype, locale }: Locale) => {
  const [name, option] = providers[provider] ?? [];
  return [
    `ENCODING ${pg.escapeLiteral(encoding)} LC_COLLATE ${pg.escapeLiteral(collate)} LC_CTYPE ${pg.escapeLiteral(ctype)}`,
    ...(name && locale !== null ? [`LOCALE_PROVIDER ${name} ${option} ${pg.escapeLiteral(locale)}`] : []),
  ].join(' ');
};

/** Makes an empty database that sorts and compares as the session's own does. Errors: PlatformFailed. */
export const createScratch = async (session: Session, database: string, note: ScratchNote): Promise<void> => {
  const { rows } = await session.query<Locale>(localeQuery);
  const like = rows[0] as Locale;
  if (!like.mayCreate)
    throw new PlatformFailed(
      `role "${like.role}" may not create databases, and on a plain PostgreSQL server a branch is a database of its own; run ALTER ROLE ${pg.escapeIdentifier(like.role)} CREATEDB as a superuser`,
    );
  try {
    await session.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0 ${optionsOf(like)}`);
  } catch (cause) {
    if (sqlStateOf(cause) === null) throw cause;
    throw new PlatformFailed(`the scratch database "${database}" could not be made: ${(cause as Error).message}`, {
      cause,
    });
  }
  await writeNote(session, database, note);
};
