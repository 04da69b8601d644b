/** Restores the rows of a job in one transaction: nothing of it stands before every hash was right. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { type LeftOut, leaveOut, type RefusedStatement } from '#domain/backup/left-out';
import type { RowsFile, RowsJob } from '#domain/backup/manifest';
import { type Session, sqlStateOf } from '../session/session';
import { DumpUnusable, readDump } from './read-dump';
import { refusedBy, unusable } from './restore-dump';
import type { StoredFolder } from './stored-folder';

const kindsOfTables = `
SELECT name, to_regclass(name) IS NULL AS "isMissing",
       coalesce((SELECT relkind = 'r' AND NOT EXISTS (
                          SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
                   FROM pg_class c WHERE c.oid = to_regclass(name)), false) AS "isOrdinary"
  FROM unnest($1::text[]) AS t(name)`;

type Kind = { readonly name: string; readonly isMissing: boolean; readonly isOrdinary: boolean };

/** The server's own words about a table that is not there. */
const refusal = async (session: Session, table: string, write: string): Promise<RefusedStatement> => {
  try {
    await session.query(`TABLE ${table} LIMIT 0`);
  } catch (error) {
    const sqlState = sqlStateOf(error);
    if (sqlState === null) throw error;
    return { object: null, sql: write, sqlState, message: (error as Error).message };
  }
  throw new DumpUnusable(`the table ${table} was not there, and now it is; nobody else may use the target meanwhile`);
};

export type RowsTarget = {
  readonly folder: StoredFolder;
  /** What was left out before: rows of it are left out with it. */
  readonly leftOut: LeftOut[];
  readonly onBytes: (bytes: number) => void;
};

const readKinds = async (
  session: Session,
  files: readonly RowsFile[],
  isWanted: (table: string) => boolean = () => true,
): Promise<readonly Kind[]> => {
  const names = new Set(files.flatMap(({ parts }) => parts.map(({ table }) => table)).filter(isWanted));
  return (await session.query<Kind>(kindsOfTables, [[...names]])).rows;
};

/** An extension that was left out takes its tables along. */
const leaveOutMissing = async (session: Session, files: readonly RowsFile[], { leftOut }: RowsTarget) => {
  const writes = new Map(files.flatMap(({ parts }) => parts.map(({ table, write }) => [table, write] as const)));
  for (const { name } of (await readKinds(session, files)).filter(({ isMissing }) => isMissing)) {
    const refused = await refusal(session, name, writes.get(name) ?? '');
    const verdict = leaveOut(refused, leftOut);
    if (!verdict) throw unusable(refused, leftOut, null);
    if (verdict.leftOut) leftOut.push(verdict.leftOut);
  }
};

async function* counted(rows: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of rows) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** Nothing but the settings and the COPYs of the manifest is accepted: a rows file makes and drops nothing. */
const readParts = async (
  { folder }: RowsTarget,
  file: RowsFile,
  take: (part: RowsFile['parts'][number], rows: AsyncIterable<Buffer>) => Promise<void>,
) => {
  let at = 0;
  for await (const part of readDump(folder.readText(file))) {
    if (part.kind === 'comment' || (part.kind === 'statement' && /^SET \w+ = [^;]*;$/.test(part.sql))) continue;
    const expected = file.parts[at];
    if (part.kind !== 'copy' || part.sql !== expected?.write)
      throw new DumpUnusable(
        `the file ${file.name} holds "${(part.kind === 'meta' ? part.text : part.sql).slice(0, 80)}"; the manifest says ${expected ? `"${expected.write}"` : 'that it ends here'}`,
      );
    at += 1;
    await take(expected, part.rows);
  }
  if (at < file.parts.length)
    throw new DumpUnusable(`the file ${file.name} ends after ${at} of its ${file.parts.length} parts`);
};

/**
 * In tables emptied by the same transaction PostgreSQL only appends, so that the rows keep their order; otherwise it would put small
 * rows into the gaps of earlier pages. Nothing refers to them yet. The session is in a transaction, which must be given up when this
 * fails. Errors: DumpUnusable, StoreFailed, those of the session.
 */
export const fillTables = async (
  session: Session,
  files: readonly RowsFile[],
  target: RowsTarget,
  isWanted: (table: string) => boolean = () => true,
): Promise<void> => {
  const kindOf = new Map((await readKinds(session, files, isWanted)).map((kind) => [kind.name, kind]));
  const ordinary = [...kindOf.values()].filter(({ isOrdinary }) => isOrdinary).map(({ name }) => `ONLY ${name}`);
  if (ordinary.length > 0) await session.query(`TRUNCATE TABLE ${ordinary.join(', ')}`);
  for (const file of files)
    await readParts(target, file, async ({ table, write }, rows) => {
      const kind = kindOf.get(table);
      if (!kind || kind.isMissing) {
        for await (const _ of rows);
        return;
      }
      // Rows that are frozen from the beginning are not written a second time when they are read.
      const sql = kind.isOrdinary ? write.replace(/ FROM stdin;$/, ' FROM stdin WITH (FREEZE)') : write;
      try {
        const source = Readable.from(counted(rows, target.onBytes), { objectMode: false });
        await pipeline(source, session.query(copyFrom(sql)));
      } catch (error) {
        const refused = refusedBy(error, { kind: 'copy', sql: write, rows }, null);
        throw refused ? unusable(refused, target.leftOut, error) : error;
      }
    });
};

/** In a transaction of its own, with `record`. Errors as above. */
export const restoreRows = async (
  session: Session,
  { files }: RowsJob,
  target: RowsTarget,
  record: string,
): Promise<void> => {
  await leaveOutMissing(session, files, target);
  await session.query('BEGIN');
  try {
    await fillTables(session, files, target);
    if (record !== '') await session.query(record);
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};
