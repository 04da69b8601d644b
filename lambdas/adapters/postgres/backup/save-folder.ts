/** Writes a backup's folder: everything in one snapshot, rows by several sessions, the manifest last. */
import { availableParallelism } from 'node:os';
import type { Contents } from '#domain/backup/contents';
import {
  type BackupSource,
  type FolderFile,
  type Manifest,
  manifestText,
  type RowsFile,
  savedCopies,
} from '#domain/backup/manifest';
import { type PlannedFile, planRows } from '#domain/backup/plan-rows';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { StoredObject } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import type { Session } from '../session/session';
import { ownCompression, ownMethod } from './compression';
import { copyRows } from './copy-rows';
import { mostLanes, runLanes } from './lanes';
import { dumpLargeObjects } from './large-objects';
import type { BackupTools } from './make-backup';
import { readNotHeld } from './not-held';
import type { OpenDump } from './open-dump';
import { rowsSettings, writeReadme } from './readme';
import { readRoles, writeRoles } from './roles';
import { readPiece, readSizes, type SavedTable } from './saved-tables';
import { readSequences, setSequence } from './sequences';
import { withSnapshotSessions } from './snapshot-sessions';
import { storeCompressed } from './store-compressed';
import { fitServer, prologue, versionIn } from './write-dump';

/** A session of its own is worth its login from some seconds' work on. */
const bytesPerLane = 16 * 1024 * 1024;

async function* textOf(...parts: readonly string[]): AsyncGenerator<string, null> {
  yield* parts;
  return null;
}

async function* after<T>(first: string, rest: AsyncGenerator<string, T>): AsyncGenerator<string, T> {
  yield first;
  return yield* rest;
}

const { extension, program } = ownMethod;

/** Files of one folder of the store. */
const folderIn = ({ store }: BackupTools, folder: string) => {
  const fileOf = (name: string, { sizeBytes, sha256 }: StoredObject): FolderFile => ({ name, sizeBytes, sha256 });
  return {
    plain: async (name: string, text: string) => fileOf(name, await store.write(`${folder}${name}`, text)),
    compressed: async <T>(name: string, source: AsyncGenerator<string | Buffer, T>) => {
      const { stored, result } = await storeCompressed(store, `${folder}${name}${extension}`, source);
      return { file: fileOf(`${name}${extension}`, stored), result };
    },
  };
};

async function* rowsOf(
  session: Session,
  tables: ReadonlyMap<string, SavedTable>,
  { pieces }: PlannedFile,
  onCopied: (bytes: number) => void,
): AsyncGenerator<string | Buffer, RowsFile['parts']> {
  const parts: RowsFile['parts'][number][] = [];
  yield rowsSettings;
  for (const piece of pieces) {
    const table = tables.get(piece.name) as SavedTable;
    yield `${table.write}\n`;
    const copying = copyRows(session, readPiece(table, piece));
    let next = await copying.next();
    for (; !next.done; next = await copying.next()) {
      onCopied(next.value.length);
      yield next.value;
    }
    for (const copied of next.value) parts.push({ table: table.name, write: table.write, ...copied });
    yield '\\.\n\n';
  }
  return parts;
}

const readSource = async (session: Session, { host, port, database }: ConnectionSettings): Promise<BackupSource> => {
  const { rows } = await session.query<{ encoding: string; server: number }>(
    "SELECT pg_encoding_to_char(encoding)::text AS encoding, current_setting('server_version_num')::int AS server FROM pg_database WHERE datname = current_database()",
  );
  return { host, port, database, ...(rows[0] as { encoding: string; server: number }) };
};

export type SavedFolder = { readonly manifest: Manifest; readonly stored: StoredObject; readonly contents: Contents };

/** `folder` ends with a slash. Whatever fails, there is no manifest. Errors: the server's, StoreFailed. */
export const saveFolder = async (
  tools: BackupTools,
  open: OpenDump,
  { connection, folder }: { readonly connection: ConnectionSettings; readonly folder: string },
): Promise<SavedFolder> => {
  const { session, pgDump, serverVersion } = open;
  const { store, lockTimeoutMs, onProgress } = tools;
  const files = folderIn(tools, folder);
  const source = await readSource(session, connection);
  const roles = await readRoles(session);
  const rolesScript = await files.plain('roles.sql', await writeRoles(session, roles));
  const preData = await pgDump.dumpSection(session, 'pre-data');
  const before = await files.compressed(
    'before-rows',
    textOf(await prologue(session), fitServer(preData, serverVersion)),
  );

  const sizes = await readSizes(session, open.tables);
  const totalBytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const planned = planRows(sizes, tools.pieceBytes);
  const tables = new Map(open.tables.map((table) => [table.name, table]));
  const lanes = Math.min(
    ...[mostLanes, Math.max(2, availableParallelism()), planned.length, Math.ceil(totalBytes / bytesPerLane)],
  );
  const saved = new Map<string, RowsFile>();
  const save = async (lane: Session, file: PlannedFile) => {
    const { file: stored, result } = await files.compressed(
      file.name,
      rowsOf(lane, tables, file, (bytes) => onProgress?.({ bytes, rows: 0 })),
    );
    onProgress?.({ bytes: 0, rows: result.reduce((sum, { rows }) => sum + rows, 0) });
    saved.set(file.name, { ...stored, parts: result });
  };
  await withSnapshotSessions(
    session,
    { connection, lockTimeoutMs, more: lanes - 1, tables: [...tables.keys()] },
    (sessions) => {
      onProgress?.({ bytes: 0, rows: 0, totalBytes });
      return runLanes(
        sessions,
        [...planned].sort((a, b) => b.bytes - a.bytes),
        save,
      );
    },
  );
  const rows = planned.map(({ name }) => saved.get(name) as RowsFile);

  const large = await files.compressed('large-objects', after(rowsSettings, dumpLargeObjects(session)));
  // Read after the rows: a value is never behind a row's key.
  const sequences = await readSequences(session);
  const values = await files.compressed('sequences', textOf(rowsSettings, ...sequences.map(setSequence)));
  const postData = await pgDump.dumpSection(session, 'post-data');
  const afterRows = await files.compressed(
    'after-rows',
    textOf("SET lc_monetary = 'C';\n", fitServer(postData, serverVersion)),
  );

  const catalog = await tools.readCatalog(session);
  const contents = await files.compressed('contents', textOf(JSON.stringify({ sequences, catalog })));
  const notHeld = await readNotHeld(session);
  const madeAt = tools.clock.now().toISOString();
  const readme = await files.plain('README.txt', writeReadme({ source, madeAt, extension, program, notHeld }));
  const manifest: Manifest = {
    format: 1,
    madeBy: version,
    madeAt,
    source,
    pgDump: versionIn(preData),
    compression: ownCompression,
    roles,
    readme,
    rolesScript,
    scripts: {
      'before-rows': before.file,
      'large-objects': large.file,
      sequences: values.file,
      'after-rows': afterRows.file,
    },
    rows,
    largeObjects: large.result,
    contents: contents.file,
    catalogFingerprint: tools.fingerprintOf(catalog),
    notHeld,
  };
  const stored = await store.write(`${folder}manifest.json`, manifestText(manifest));
  return { manifest, stored, contents: { tables: savedCopies(manifest), sequences, catalog } };
};
