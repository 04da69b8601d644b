/** Restores a backup's folder into an empty database, and reads it again while it does. */
import { availableParallelism } from 'node:os';
import type { TableCopy } from '#domain/backup/backup';
import type { Contents } from '#domain/backup/contents';
import { expectedAfterRestore, type LeftOut, withoutLeftOut } from '#domain/backup/left-out';
import {
  type FolderFile,
  piecesByTable,
  type RowsJob,
  restoreJobs,
  rowBytesOf,
  tableOf,
} from '#domain/backup/manifest';
import type { Progress } from '#domain/backup/progress';
import { verifyContents } from '#domain/backup/verify-contents';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Session } from '../session/session';
import { withReadingSession } from './backup-session';
import { copyRows } from './copy-rows';
import { mostLanes, runLanes } from './lanes';
import { dumpLargeObjects } from './large-objects';
import { restoreAfterRows } from './restore-after-rows';
import { refuseAll, restoreSettings, runDump } from './restore-dump';
import { restoreRows } from './restore-rows';
import { listSavedTables, type SavedTable } from './saved-tables';
import { readSequences } from './sequences';
import { readSavedContents, type StoredFolder } from './stored-folder';
import type { ReadCatalog } from './write-dump';

/** What an earlier attempt has done, and the SQL that records something in its own transaction; '' where nothing is kept. */
export type Attempt = { has(item: string): boolean; record(item: string): string };

const onlyAttempt: Attempt = { has: () => false, record: () => '' };

export type RestoreOptions = {
  readonly readCatalog: ReadCatalog;
  readonly attempt?: Attempt;
  readonly onProgress?: (progress: Progress) => void;
};

export type RestoredFolder = {
  readonly compared: readonly TableCopy[];
  /** One sentence each; empty is good. */
  readonly differences: readonly string[];
  readonly leftOut: readonly LeftOut[];
};

const drain = async <T>(generator: AsyncGenerator<unknown, T>): Promise<T> => {
  for (;;) {
    const { done, value } = await generator.next();
    if (done) return value as T;
  }
};

const bytesOf = async (folder: StoredFolder, file: FolderFile): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of folder.readText(file)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const bytesPerLane = 16 * 1024 * 1024;

const withLanes = <T>(
  connection: ConnectionSettings,
  lanes: number,
  work: (sessions: readonly Session[]) => Promise<T>,
  open: readonly Session[] = [],
): Promise<T> =>
  open.length >= lanes
    ? work(open)
    : withReadingSession(connection, async (session) => {
        await session.query(restoreSettings);
        return withLanes(connection, lanes, work, [...open, session]);
      });

/** Each table is read again by the session that has just filled it, while the server still holds its pages. */
const restoreTables = async (
  lanes: readonly Session[],
  folder: StoredFolder,
  { attempt = onlyAttempt, onProgress }: RestoreOptions,
  leftOut: LeftOut[],
): Promise<readonly TableCopy[]> => {
  const saved = piecesByTable(folder.manifest);
  const there = new Map((await listSavedTables(lanes[0] as Session)).map((table) => [table.name, table]));
  const found = new Map<string, TableCopy>();
  const readAgain = async (lane: Session, { name, read }: SavedTable) => {
    const cuts = (saved.get(name) ?? []).slice(0, -1).map(({ sizeBytes }) => sizeBytes);
    found.set(name, tableOf(name, await drain(copyRows(lane, read, cuts))));
  };
  await runLanes(lanes, restoreJobs(folder.manifest), async (lane, job: RowsJob) => {
    const item = `rows ${job.files[0]?.name}`;
    const onBytes = (bytes: number) => onProgress?.({ bytes, rows: 0 });
    if (attempt.has(item)) onBytes(job.sizeBytes);
    else await restoreRows(lane, job, { folder, leftOut, onBytes }, attempt.record(item));
    for (const name of new Set(job.files.flatMap(({ parts }) => parts.map(({ table }) => table)))) {
      const table = there.get(name);
      if (table) await readAgain(lane, table);
      onProgress?.({ bytes: 0, rows: found.get(name)?.rows ?? 0 });
    }
  });
  // A table that was not saved is named, whatever it holds.
  for (const { name } of there.values()) if (!found.has(name)) found.set(name, { table: name, rows: 0, sha256: '' });
  return [...found.values()];
};

const stepsOf = (attempt: Attempt, script: string) => ({
  has: (statement: number) => attempt.has(`${script} ${statement}`),
  record: (statement: number) => attempt.record(`${script} ${statement}`),
});

/**
 * Into an empty database that has the roles. Scripts run only after their hash was right, rows stand only after it was.
 * Errors: DumpUnusable for a fault in the backup, StoreFailed, those of the session.
 */
export const restoreFolder = async (
  connection: ConnectionSettings,
  folder: StoredFolder,
  options: RestoreOptions,
): Promise<RestoredFolder> => {
  const { manifest } = folder;
  const { attempt = onlyAttempt, onProgress, readCatalog } = options;
  const saved = await readSavedContents(folder);
  const texts = {
    before: await bytesOf(folder, manifest.scripts['before-rows']),
    after: await bytesOf(folder, manifest.scripts['after-rows']),
  };
  // These may be too large for memory, so they are read twice.
  await folder.require(manifest.scripts['large-objects']);
  await folder.require(manifest.scripts.sequences);
  const totalBytes = rowBytesOf(manifest);
  onProgress?.({ bytes: 0, rows: 0, totalBytes });
  const leftOut: LeftOut[] = [];
  const lanes = Math.max(
    1,
    Math.min(
      mostLanes,
      Math.max(2, availableParallelism()),
      restoreJobs(manifest).length,
      Math.ceil(totalBytes / bytesPerLane),
    ),
  );
  return withLanes(connection, lanes + 1, async ([session, ...others]) => {
    if (session === undefined) throw new Error('no session');
    const run = async (script: 'before-rows' | 'large-objects' | 'sequences', source: AsyncIterable<Buffer>) => {
      const done = await runDump(session, source, refuseAll, { steps: stepsOf(attempt, script), before: leftOut });
      leftOut.push(...done.leftOut);
    };
    await run('before-rows', inOne(texts.before));
    const tables = await restoreTables(others, folder, options, leftOut);
    await run('large-objects', folder.readText(manifest.scripts['large-objects']));
    await run('sequences', folder.readText(manifest.scripts.sequences));
    const after = await restoreAfterRows(session, others, texts.after, {
      steps: stepsOf(attempt, 'after-rows'),
      before: leftOut,
    });
    leftOut.push(...after.leftOut);
    const found = await readFound(connection, tables, readCatalog);
    const expected = expectedAfterRestore(saved, leftOut);
    // What was refused only in part, such as its owner, is there and not compared.
    const compared = { ...found, catalog: withoutLeftOut(found.catalog, leftOut) };
    return { compared: found.tables, differences: verifyContents(expected, compared), leftOut };
  });
};

async function* inOne(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}

/** In a session of its own: a dump may have left settings in that of the restore. */
const readFound = (
  connection: ConnectionSettings,
  tables: readonly TableCopy[],
  readCatalog: ReadCatalog,
): Promise<Contents> =>
  withReadingSession(connection, async (session) => {
    const largeObjects = await drain(dumpLargeObjects(session));
    return {
      tables: largeObjects ? [...tables, largeObjects] : tables,
      sequences: await readSequences(session),
      catalog: await readCatalog(session),
    };
  });
