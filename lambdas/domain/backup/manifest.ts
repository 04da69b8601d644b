/** The manifest of a backup: what is in its folder. It is written last, so that a folder without one is no backup. */
import { sha256Of } from '#domain/sha256';
import type { TableCopy } from './backup';

const compressions = ['gzip', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

const isCompression = (value: unknown): value is Compression => compressions.some((one) => one === value);

/** A file of the folder as it lies in the store. */
export type FolderFile = {
  /** Relative to the folder. */
  readonly name: string;
  readonly sizeBytes: number;
  /** sha256 (hex) of the stored bytes. */
  readonly sha256: string;
};

/** Rows of one table in a file: the whole table, or one of its pieces. */
export type RowsPart = TableCopy & {
  /** Of what COPY gave. */
  readonly sizeBytes: number;
  /** The COPY that takes the rows. A restore runs no other statement of the file. */
  readonly write: string;
};

/** Several small tables, one table, or a piece of a large one. The pieces of a table follow each other in its order. */
export type RowsFile = FolderFile & { readonly parts: readonly RowsPart[] };

/** In the order in which a restore runs them; the rows come behind the first. */
export const scriptNames = ['before-rows', 'large-objects', 'sequences', 'after-rows'] as const;
export type ScriptName = (typeof scriptNames)[number];

export type BackupSource = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly encoding: string;
  /** `server_version_num`, for example 170010. */
  readonly server: number;
};

export type Manifest = {
  readonly format: 1;
  /** The version of migration-checklist. */
  readonly madeBy: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly source: BackupSource;
  readonly pgDump: string;
  readonly compression: Compression;
  /** Roles that the database's objects name, sorted. */
  readonly roles: readonly string[];
  readonly readme: FolderFile;
  readonly rolesScript: FolderFile;
  readonly scripts: Readonly<Record<ScriptName, FolderFile>>;
  readonly rows: readonly RowsFile[];
  /** Null where the database has none. */
  readonly largeObjects: TableCopy | null;
  /** Catalog and values of sequences, for the comparison after a restore. */
  readonly contents: FolderFile;
  readonly catalogFingerprint: string;
  /** What a backup does not hold, one sentence each. */
  readonly notHeld: readonly string[];
};

/** The table's digest from those of its pieces: of one piece its own. */
const digestOf = (hashes: readonly string[]): string =>
  hashes.length === 1 ? (hashes[0] as string) : sha256Of(hashes.join('\n'));

/** The same of what was saved and of what is read again: rows and digest of a table from its pieces, in its order. */
export const tableOf = (table: string, pieces: readonly Pick<RowsPart, 'rows' | 'sha256'>[]): TableCopy => ({
  table,
  rows: pieces.reduce((sum, { rows }) => sum + rows, 0),
  sha256: digestOf(pieces.map(({ sha256 }) => sha256)),
});

/** The pieces of each table, in its order. */
export const piecesByTable = ({ rows }: Pick<Manifest, 'rows'>): ReadonlyMap<string, readonly RowsPart[]> => {
  const pieces = new Map<string, RowsPart[]>();
  for (const { parts } of rows)
    for (const part of parts) pieces.set(part.table, [...(pieces.get(part.table) ?? []), part]);
  return pieces;
};

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What was saved of each table, sorted by name; large objects come last. */
export const savedCopies = (manifest: Pick<Manifest, 'rows' | 'largeObjects'>): readonly TableCopy[] => [
  ...[...piecesByTable(manifest)]
    .map(([table, pieces]) => tableOf(table, pieces))
    .sort((a, b) => byName(a.table, b.table)),
  ...(manifest.largeObjects ? [manifest.largeObjects] : []),
];

/** Everything that must lie beside the manifest. */
export const filesOf = (manifest: Manifest): readonly FolderFile[] => [
  manifest.readme,
  manifest.rolesScript,
  ...scriptNames.map((name) => manifest.scripts[name]),
  ...manifest.rows,
  manifest.contents,
];

/** Of all files, without the manifest's own. */
export const sizeOf = (manifest: Manifest): number =>
  filesOf(manifest).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** Of the rows as COPY gives them. */
export const rowBytesOf = ({ rows }: Pick<Manifest, 'rows'>): number =>
  rows.reduce((sum, { parts }) => sum + parts.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0), 0);

/** What one session restores in one transaction: a file, or all pieces of a table. */
export type RowsJob = { readonly files: readonly RowsFile[]; readonly sizeBytes: number };

/** The largest first. */
export const restoreJobs = (manifest: Pick<Manifest, 'rows'>): readonly RowsJob[] => {
  const jobs = new Map<string, RowsFile[]>();
  for (const file of manifest.rows) {
    const [first] = file.parts;
    const key = first === undefined ? file.name : first.table;
    jobs.set(key, [...(jobs.get(key) ?? []), file]);
  }
  return [...jobs.values()]
    .map((files) => ({ files, sizeBytes: rowBytesOf({ rows: files }) }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes);
};

/** Its last field is the hash of all that comes before it: a manifest that was cut or changed is no manifest. */
export const manifestText = (manifest: Manifest): string =>
  `${JSON.stringify({ ...manifest, sha256: sha256Of(JSON.stringify(manifest)) }, null, 1)}\n`;

const isFile = (value: unknown): value is FolderFile => {
  const { name, sizeBytes, sha256 } = (value ?? {}) as Partial<FolderFile>;
  const segments = typeof name === 'string' ? name.split('/') : ['..'];
  return (
    segments.every((segment) => /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(segment)) &&
    Number.isSafeInteger(sizeBytes) &&
    /^[0-9a-f]{64}$/.test(sha256 ?? '')
  );
};

const parse = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

/** The manifest, or a clause that says why these bytes are none. */
export const parseManifest = (text: string): Manifest | { readonly fault: string } => {
  const value = parse(text);
  if (value === null) return { fault: 'it is not a JSON object; it was cut or changed' };
  const { sha256, ...manifest } = value;
  if (manifest['format'] !== 1)
    return {
      fault: `it has the format ${JSON.stringify(manifest['format'])}, and this version of migration-checklist reads format 1; restore it with the version that made it (${JSON.stringify(manifest['madeBy'])})`,
    };
  if (!isCompression(manifest['compression']))
    return {
      fault: `its files are compressed with ${JSON.stringify(manifest['compression'])}, and this version of migration-checklist reads ${compressions.join(' and ')}; restore it with the version that made it (${JSON.stringify(manifest['madeBy'])})`,
    };
  const found = sha256Of(JSON.stringify(manifest));
  if (sha256 !== found)
    return { fault: `its own hash says ${String(sha256)}, and its text has ${found}; it was changed` };
  const read = manifest as unknown as Manifest;
  const { scripts, rows, readme, rolesScript, contents } = read;
  const isWhole =
    Array.isArray(rows) &&
    [readme, rolesScript, contents, ...scriptNames.map((name) => scripts?.[name]), ...rows].every(isFile);
  return isWhole ? read : { fault: 'a file in it has no name inside the folder, no size or no sha256' };
};
