/** Verifies a stored backup: reads the same bytes, restores them into a scratch database and compares everything. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { BackupComparison, BackupRecord, TableCopy } from '#domain/backup/backup';
import type { Contents } from '#domain/backup/contents';
import { expectedAfterRestore, type LeftOut, withoutLeftOut } from '#domain/backup/left-out';
import { verifyContents } from '#domain/backup/verify-contents';
import { StoreFailed } from '#domain/errors';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ArtifactStore } from '#lambdas/ports/store';
import { withScratchDatabase } from '../scratch/with-scratch-database';
import { type Session, withSession } from '../session/session';
import { beginSnapshot, withReadingSession } from './backup-session';
import { copyRows } from './copy-rows';
import { dumpLargeObjects } from './large-objects';
import type { BackupTools } from './make-backup';
import { DumpUnusable } from './read-dump';
import { type Restored, restoreDump } from './restore-dump';
import { listSavedTables } from './saved-tables';
import { readSequences } from './sequences';

/** Reads a stored object; afterwards `describe` returns the size and hash of its bytes. */
const openStored = async (store: ArtifactStore, { key }: BackupRecord) => {
  const stored: AsyncIterable<Buffer> = await store.readStream(key);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const read = async function* () {
    try {
      for await (const chunk of stored) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    } catch (cause) {
      throw new StoreFailed(`the stored object ${key} could not be read to its end: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  return { bytes: read(), describe: () => ({ sizeBytes, sha256: hash.digest('hex') }) };
};

const drain = async <T>(generator: AsyncGenerator<unknown, T>): Promise<T> => {
  for (;;) {
    const { done, value } = await generator.next();
    if (done) return value as T;
  }
};

/** What differs between the stored bytes and the record; null when nothing does. */
const compareBytes = async (store: ArtifactStore, record: BackupRecord): Promise<string | null> => {
  const stored = await openStored(store, record);
  await drain(stored.bytes);
  const { sizeBytes, sha256 } = stored.describe();
  if (sizeBytes === record.sizeBytes && sha256 === record.sha256) return null;
  return `the stored object ${record.key} has ${sizeBytes} bytes with sha256 ${sha256}; ${record.sizeBytes} bytes with sha256 ${record.sha256} were stored`;
};

const restore = async (store: ArtifactStore, record: BackupRecord, session: Session): Promise<Restored> => {
  const stored = await openStored(store, record);
  // The reader of the text gets the pipeline's errors.
  const text = pipeline(stored.bytes, createGunzip({ chunkSize: 256 * 1024 }), () => undefined);
  const result = await restoreDump(session, text);
  // The object may have been replaced between the first reading and this one.
  if (stored.describe().sha256 !== record.sha256)
    throw new DumpUnusable(`the stored object ${record.key} changed while it was being restored`);
  return result;
};

const readRestored = async (tools: BackupTools, session: Session): Promise<Contents> => {
  await session.query(beginSnapshot);
  const tables: TableCopy[] = [];
  for (const table of await listSavedTables(session)) tables.push(await drain(copyRows(session, table)));
  const largeObjects = await drain(dumpLargeObjects(session));
  if (largeObjects) tables.push(largeObjects);
  const sequences = await readSequences(session);
  return { tables, sequences, catalog: await tools.readCatalog(session) };
};

type Outcome = {
  readonly compared: readonly TableCopy[];
  readonly differences: readonly string[];
  readonly leftOut: readonly LeftOut[];
};

const restoreAndCompare = async (
  tools: BackupTools,
  address: DatabaseAddress,
  record: BackupRecord,
  scratchDatabase: string,
): Promise<Outcome> => {
  try {
    return await withScratchDatabase(tools, address, scratchDatabase, async (connection) => {
      const { contents, leftOut } = await withSession(connection, (session) => restore(tools.store, record, session));
      const restored = await withReadingSession(connection, (session) => readRestored(tools, session));
      const expected = expectedAfterRestore(contents, leftOut);
      // What was refused only in part, such as its owner, is there and not compared.
      const found = { ...restored, catalog: withoutLeftOut(restored.catalog, leftOut) };
      return { compared: restored.tables, differences: verifyContents(expected, found), leftOut };
    });
  } catch (error) {
    if (error instanceof DumpUnusable) return { compared: [], differences: [error.message], leftOut: [] };
    throw error;
  }
};

/**
 * Runs nothing of the object before the hash shows that its bytes are those that were stored.
 * Errors: DatabaseUnreachable, StoreFailed, VerificationFailed when there can be no scratch database.
 */
export const verifyBackup = async (
  tools: BackupTools,
  address: DatabaseAddress,
  record: BackupRecord,
  scratchDatabase: string,
): Promise<BackupComparison> => {
  const startedAt = performance.now();
  const otherBytes = await compareBytes(tools.store, record);
  const { compared, differences, leftOut } = otherBytes
    ? { compared: [], differences: [otherBytes], leftOut: [] }
    : await restoreAndCompare(tools, address, record, scratchDatabase);
  return {
    isEqual: differences.length === 0,
    tablesCompared: compared.length,
    rowsCompared: compared.reduce((sum, { rows }) => sum + rows, 0),
    differences,
    leftOut,
    durationMs: Math.round(performance.now() - startedAt),
  };
};
