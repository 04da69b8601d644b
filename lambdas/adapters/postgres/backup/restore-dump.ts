/** Restores a plain dump into an empty database, as psql would, without psql. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { type Contents, isContentsLine, parseContents } from '#domain/backup/contents';
import { isLostSession, type Session, sqlStateOf } from '../session/session';
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
  await session.query('BEGIN');
  // In a table emptied by the same transaction PostgreSQL only appends, so that the rows keep their order; otherwise it
  // would put small rows into the gaps of earlier pages. Nothing refers to the table yet, and it is empty anyway.
  if (found[0]?.isOrdinary) await session.query(`TRUNCATE TABLE ONLY ${table}`);
  await pipeline(Readable.from(rows, { objectMode: false }), session.query(copyFrom(sql)));
  await session.query('COMMIT');
};

/** psql 17.6 and later rejects other backslash commands between these two; this restore never runs any. */
const isRestriction = (text: string) => /^\\(un)?restrict\b/.test(text);

const restorePart = async (session: Session, part: Exclude<DumpPart, { kind: 'comment' }>) => {
  if (part.kind === 'statement') await session.query(part.sql);
  else if (part.kind === 'copy') await copyIn(session, part.sql, part.rows);
  else if (!isRestriction(part.text))
    throw new DumpUnusable(`the dump has the psql command "${part.text}", which the restore does not run`);
};

/**
 * Runs the whole dump and returns its table of contents. Errors: DumpUnusable for a fault in the dump; lost sessions
 * and errors of the source pass unchanged.
 */
export const restoreDump = async (session: Session, source: AsyncIterable<Buffer>): Promise<Contents> => {
  // After a crash a scratch database is made again, so no commit waits for the disk.
  await session.query("SET synchronous_commit = off; SET client_min_messages = 'error'");
  const lines: string[] = [];
  for await (const part of readDump(source)) {
    if (part.kind === 'comment') {
      if (isContentsLine(part.text)) lines.push(part.text);
      continue;
    }
    try {
      await restorePart(session, part);
    } catch (cause) {
      if (!sqlStateOf(cause) || isLostSession(cause)) throw cause;
      const what = summaryOf('sql' in part ? part.sql : '');
      throw new DumpUnusable(`"${what}" of the dump did not run: ${(cause as Error).message}`, { cause });
    }
  }
  const contents = parseContents(lines);
  if (!contents) throw new DumpUnusable('the dump has no complete table of contents at its end');
  return contents;
};
