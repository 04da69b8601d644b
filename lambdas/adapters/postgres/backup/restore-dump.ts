/** Restores a plain dump into an empty database, as psql would, without psql. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { type Contents, isContentsLine, parseContents } from '#domain/backup/contents';
import { type DumpObject, parseDumpHeader } from '#domain/backup/dump-object';
import { type LeftOut, leaveOut, leftOutInWords, type RefusedStatement } from '#domain/backup/left-out';
import { DatabaseUnreachable } from '#domain/errors';
import { isLockFailure, isLostSession, type Session, sqlStateOf } from '../session/session';
import { serverWords } from '../session/statement-failure';
import { type DumpPart, DumpUnusable, readDump } from './read-dump';

const summaryOf = (sql: string) => (sql.split('\n')[0] ?? '').slice(0, 120);

/** The table a COPY statement writes to, as it is written there. */
const copyTarget = /^COPY\s+((?:"(?:[^"]|"")+"|[^\s"(.])+(?:\.(?:"(?:[^"]|"")+"|[^\s"(.])+)*)/i;

const isOrdinaryTable = `
SELECT relkind = 'r' AND NOT EXISTS (
         SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e') AS "isOrdinary"
  FROM pg_class c WHERE oid = to_regclass($1)`;

const copyIn = async (session: Session, sql: string, rows: AsyncIterable<Buffer>) => {
  const table = copyTarget.exec(sql)?.[1] ?? '';
  const { rows: found } = await session.query<{ isOrdinary: boolean }>(isOrdinaryTable, [table]);
  if (!found[0]) {
    // The server says what is missing. The rows are read all the same: behind them the dump goes on.
    for await (const _ of rows);
    await session.query(`TABLE ${table} LIMIT 0`);
  }
  await session.query('BEGIN');
  // In a table emptied by the same transaction PostgreSQL only appends, so that the rows keep their order; otherwise it
  // would put small rows into the gaps of earlier pages. Nothing refers to the table yet, and it is empty anyway.
  if (found[0]?.isOrdinary) await session.query(`TRUNCATE TABLE ONLY ${table}`);
  await pipeline(Readable.from(rows, { objectMode: false }), session.query(copyFrom(sql)));
  await session.query('COMMIT');
};

const identifier = '"(?:[^"]|"")+"|[^\\s";]+';

/** psql 17.6 and later rejects other backslash commands between these two; this restore never runs any. */
const isRestriction = (text: string) => /^\\(un)?restrict\b/.test(text);

/**
 * pg_dump takes another grantor's part this way. A superuser only may; SET ROLE gives the same privileges from the same grantor to
 * whoever is a member of that role.
 */
const asMember = (sql: string) =>
  sql
    .replace(/^SET SESSION AUTHORIZATION (?!DEFAULT)/, 'SET ROLE ')
    .replace(/^RESET SESSION AUTHORIZATION;$/, 'RESET ROLE;');

const owned = new RegExp(`^ALTER .* OWNER TO (${identifier});$`, 's');

const schemaRefused = /^permission denied for schema (.+)$/;

/**
 * A role that is no superuser gives an object away only to a role that may create in the schema. A dump restores privileges last, so
 * that nobody may yet.
 */
const runStatement = async (session: Session, sql: string, record: string) => {
  try {
    // Sent as one, they are one transaction: a statement that has run is known to have run.
    await session.query(`${asMember(sql)}\n${record}`);
  } catch (error) {
    const owner = owned.exec(sql)?.[1];
    const schema = sqlStateOf(error) === '42501' ? schemaRefused.exec((error as Error).message)?.[1] : undefined;
    if (owner === undefined || schema === undefined) throw error;
    const named = session.escapeIdentifier(schema);
    await session.query(`GRANT CREATE ON SCHEMA ${named} TO ${owner}`);
    await session.query(`${sql}\n${record}`);
    await session.query(`REVOKE CREATE ON SCHEMA ${named} FROM ${owner}`);
  }
};

const restorePart = async (session: Session, part: Exclude<DumpPart, { kind: 'comment' }>, record: string) => {
  if (part.kind === 'statement') await runStatement(session, part.sql, record);
  else if (part.kind === 'copy') await copyIn(session, part.sql, part.rows);
  else if (!isRestriction(part.text))
    throw new DumpUnusable(`the dump has the psql command "${part.text}", which the restore does not run`);
};

/** Classes 53 (room, memory, connections), 58 (the server's own files), and what somebody has cancelled: they say nothing of the dump. */
const isOfServer = (sqlState: string) => /^(53|58)/.test(sqlState) || sqlState === '57014';

/** What a server refused; null for everything else that can go wrong. Errors: DatabaseUnreachable for the server's own trouble. */
export const refusedBy = (error: unknown, part: DumpPart, object: DumpObject | null): RefusedStatement | null => {
  const sqlState = sqlStateOf(error);
  if (sqlState === null || isLostSession(error) || isLockFailure(error) || !('sql' in part)) return null;
  if (isOfServer(sqlState))
    throw new DatabaseUnreachable(
      `the server could not go on with "${summaryOf(part.sql)}": ${serverWords(error)}; the backup is not at fault. ${sqlState === '53100' ? "Make room on the server's disk, then" : 'Then'} try the same again`,
      { cause: error },
    );
  const isOurs = part.kind === 'copy' || part.sql.startsWith('SELECT pg_catalog.setval(');
  return { object: isOurs ? null : object, sql: part.sql, sqlState, message: (error as Error).message };
};

export const unusable = ({ sql, message }: RefusedStatement, leftOut: readonly LeftOut[], cause: unknown) =>
  new DumpUnusable(
    `"${summaryOf(sql)}" of the dump did not run: ${message}${leftOut.length > 0 ? `; left out before: ${leftOutInWords(leftOut)}` : ''}`,
    { cause },
  );

export type Restored = { readonly contents: Contents; readonly leftOut: readonly LeftOut[] };

/** Which statements ran in an earlier attempt, and the SQL that records one in its own transaction. */
export type Steps = {
  has(statement: number): boolean;
  record(statement: number): string;
};

const noSteps: Steps = { has: () => false, record: () => '' };

/** What a session needs again each time: settings, and the role whose privileges come next. */
const isSetting = (sql: string) => /^(SET|RESET) |^SELECT pg_catalog\.set_config\(/.test(sql);

const otherRole = /^SET (?:SESSION AUTHORIZATION|ROLE) (?!DEFAULT)/;

export type DumpRun = {
  readonly lines: readonly string[];
  readonly leftOut: readonly LeftOut[];
};

/** A restored database is made again after a crash of its server, so no commit waits for the disk. */
export const restoreSettings = "SET synchronous_commit = off; SET client_min_messages = 'error'";

type OnRefused = (refused: RefusedStatement, leftOut: readonly LeftOut[], error: unknown) => void;

/**
 * Runs the parts of a dump; what a role that is no superuser may not make and nothing needs is left out, and returned. What else
 * the server refuses goes to `onRefused`, which may throw. Returns also the lines of the table of contents.
 */
export const runDump = async (
  session: Session,
  source: AsyncIterable<Buffer>,
  onRefused: OnRefused,
  { steps = noSteps, before = [] }: { readonly steps?: Steps; readonly before?: readonly LeftOut[] } = {},
): Promise<DumpRun> => {
  await session.query(restoreSettings);
  const lines: string[] = [];
  const leftOut: LeftOut[] = [];
  let object: DumpObject | null = null;
  let statement = 0;
  let isOther = false;
  for await (const part of readDump(source)) {
    if (part.kind === 'comment') {
      if (isContentsLine(part.text)) lines.push(part.text);
      object = parseDumpHeader(part.text) ?? object;
      continue;
    }
    statement += 1;
    const sets = part.kind === 'statement' && isSetting(part.sql);
    if (!sets && steps.has(statement)) continue;
    if (sets) isOther = otherRole.test(part.sql);
    // The other role may not write into our table; privileges that are given twice are given once.
    const record = sets || isOther ? '' : steps.record(statement);
    try {
      await restorePart(session, part, record);
    } catch (error) {
      const refused = refusedBy(error, part, object);
      if (!refused) throw error;
      const verdict = leaveOut(refused, [...before, ...leftOut]);
      if (!verdict) onRefused(refused, leftOut, error);
      else if (verdict.leftOut) leftOut.push(verdict.leftOut);
    }
  }
  return { lines, leftOut };
};

/** For a dump that must run whole. */
export const refuseAll: OnRefused = (refused, before, error) => {
  throw unusable(refused, before, error);
};

/**
 * Runs the whole dump and returns its table of contents, and what it went without. Errors: DumpUnusable for a fault in the dump;
 * lost sessions and errors of the source pass unchanged.
 */
export const restoreDump = async (session: Session, source: AsyncIterable<Buffer>): Promise<Restored> => {
  const { lines, leftOut } = await runDump(session, source, refuseAll);
  const contents = parseContents(lines);
  if (!contents) throw new DumpUnusable('the dump has no complete table of contents at its end');
  return { contents, leftOut };
};
