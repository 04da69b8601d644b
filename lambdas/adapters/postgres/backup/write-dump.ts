/** Writes the dump: a plain SQL file that psql restores into an empty database made from template0. */
import type { TableCopy } from '#domain/backup/backup';
import { type Contents, contentsLines } from '#domain/backup/contents';
import { tableOf } from '#domain/backup/manifest';
import type { Catalog } from '#domain/catalog/catalog';
import type { Session } from '../session/session';
import { copyRows } from './copy-rows';
import { dumpLargeObjects } from './large-objects';
import type { PgDump } from './pg-dump';
import type { SavedTable } from './saved-tables';
import { readSequences, setSequence } from './sequences';

/** Reads the catalog in the session's transaction. */
export type ReadCatalog = (session: Session) => Promise<Catalog>;

export type DumpSummary = {
  readonly contents: Contents;
  readonly pgDumpVersion: string;
  /** `server_version_num`, for example 170010. */
  readonly serverVersion: number;
};

/** transaction_timeout came with PostgreSQL 17; pg_dump 18 sets it whatever server it reads. */
const firstVersionWithTransactionTimeout = 170_000;

export const fitServer = (sql: string, serverVersion: number) =>
  serverVersion >= firstVersionWithTransactionTimeout ? sql : sql.replace(/^SET transaction_timeout = 0;\n/m, '');

/** What pg_dump does not write: the form of money that COPY wrote, and that a database has no schema public. */
export const prologue = async (session: Session): Promise<string> => {
  const { rows } = await session.query("SELECT FROM pg_namespace WHERE nspname = 'public'");
  return [
    '-- A backup by migration-checklist. Restore it with psql into an empty database made from template0.',
    '',
    "SET lc_monetary = 'C';",
    ...(rows.length ? [] : ['DROP SCHEMA IF EXISTS public;']),
    '',
    '',
  ].join('\n');
};

export const versionIn = (preData: string): string =>
  /^-- Dumped by pg_dump version (.*)$/m.exec(preData)?.[1] ?? 'unknown';

/** The schema alone, as a database without rows would be dumped. */
export async function* writeSchema(
  session: Session,
  { pgDump, serverVersion }: { readonly pgDump: PgDump; readonly serverVersion: number },
): AsyncGenerator<string> {
  yield await prologue(session);
  yield fitServer(await pgDump.dumpSection(session, 'schema'), serverVersion);
}

/**
 * Yields the text in parts that stay small whatever a table holds. The session must be in the snapshot's transaction,
 * with the tables locked.
 */
export async function* writeDump(
  session: Session,
  options: {
    readonly pgDump: PgDump;
    readonly tables: readonly SavedTable[];
    readonly serverVersion: number;
    readonly readCatalog: ReadCatalog;
  },
): AsyncGenerator<string | Buffer, DumpSummary> {
  const { pgDump, serverVersion } = options;
  const preData = await pgDump.dumpSection(session, 'pre-data');
  yield await prologue(session);
  yield fitServer(preData, serverVersion);

  const tables: TableCopy[] = [];
  for (const table of options.tables) {
    yield `\n${table.write}\n`;
    tables.push(tableOf(table.name, yield* copyRows(session, table.read)));
    yield '\\.\n\n';
  }
  const largeObjects = yield* dumpLargeObjects(session);
  if (largeObjects) tables.push(largeObjects);
  const sequences = await readSequences(session);
  yield `${sequences.map(setSequence).join('')}\n`;

  yield fitServer(await pgDump.dumpSection(session, 'post-data'), serverVersion);

  const contents = { tables, sequences, catalog: await options.readCatalog(session) };
  yield '\n';
  yield* contentsLines(contents);
  return { contents, pgDumpVersion: versionIn(preData), serverVersion };
}
