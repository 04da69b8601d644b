/** Finds a backup: in a store by the name of its run or its own, or in a folder. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { createFolderArtifactStore } from '#adapters/folder/folder-artifact-store';
import { expiryInWords } from '#domain/backup/expiry';
import { type Manifest, parseManifest, savedCopies, sizeOf } from '#domain/backup/manifest';
import { backupNamedBy } from '#domain/boxes/05-backup-database';
import { InvalidInput } from '#domain/errors';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readExpiry } from '#lambdas/record/expire-backups';
import { backupKey, backupPrefix, runPrefix, singleFileBackupKeys } from '#lambdas/record/keys';
import { readRunFolder } from '#lambdas/record/run-folder';
import type { NamedStore } from './find-run';

export type FoundBackup = {
  readonly store: ArtifactStore;
  /** The manifest's. */
  readonly key: string;
  /** Its hash as the run has written it down; null where no run has. */
  readonly sha256: string | null;
};

export type ListedBackup = {
  readonly name: string;
  readonly option: string;
} & (
  | { readonly manifest: Manifest; readonly tables: number; readonly rows: number; readonly sizeBytes: number }
  | { readonly manifest: null; readonly fault: string }
);

const namesIn = async ({ store }: NamedStore): Promise<readonly string[]> => {
  const names = (await store.list('backups/')).map((key) => key.split('/')[1] ?? '');
  const older = (await store.list('runs/'))
    .filter((key) => key.endsWith('/backup.sql.gz'))
    .map((key) => key.split('/')[1]);
  return [...new Set([...names, ...older.map((name) => name ?? '')])].sort();
};

const oneFile = async (store: ArtifactStore, name: string): Promise<string | null> => {
  for (const key of singleFileBackupKeys(name)) if ((await store.list(key)).includes(key)) return key;
  return null;
};

const describe = async (named: NamedStore, name: string): Promise<ListedBackup> => {
  const { option, store } = named;
  const bytes = await store.read(backupKey(name));
  if (bytes === null)
    return {
      name,
      option,
      manifest: null,
      fault: (await oneFile(store, name))
        ? 'one file of an earlier version, restored with psql'
        : 'not finished: it has no manifest',
    };
  const manifest = parseManifest(bytes.toString('utf8'));
  if ('fault' in manifest) return { name, option, manifest: null, fault: manifest.fault };
  const expiry = await readExpiry(store, name);
  if (expiry) return { name, option, manifest: null, fault: expiryInWords(expiry) };
  const copies = savedCopies(manifest);
  const rows = copies.reduce((sum, copy) => sum + copy.rows, 0);
  return { name, option, manifest, tables: copies.length, rows, sizeBytes: sizeOf(manifest) };
};

/** All that lie in the stores, the newest last. */
export const listBackups = async (stores: readonly NamedStore[]): Promise<readonly ListedBackup[]> => {
  const listed: ListedBackup[] = [];
  for (const store of stores) for (const name of await namesIn(store)) listed.push(await describe(store, name));
  const madeAt = ({ manifest }: ListedBackup) => manifest?.madeAt ?? '';
  return listed.sort((a, b) => (madeAt(a) < madeAt(b) ? -1 : 1));
};

const inFolder = (named: string): FoundBackup | null => {
  const folder = named.endsWith('manifest.json') ? path.dirname(named) : named;
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  return isFolder
    ? { store: createFolderArtifactStore({ directory: folder }), key: 'manifest.json', sha256: null }
    : null;
};

/** What Step 5 of the run has written down; null for a backup of no run. */
const hashOfRun = async (store: ArtifactStore, name: string): Promise<string | null> => {
  if ((await store.list(runPrefix(name))).length === 0) return null;
  const { documents } = await readRunFolder(store, name);
  return backupNamedBy(documents.map(({ document }) => document))?.sha256 ?? null;
};

/** Errors: InvalidInput; the message lists what there is. */
export const findBackup = async (stores: readonly NamedStore[], named: string): Promise<FoundBackup> => {
  const folder = inFolder(named);
  if (folder) return folder;
  const isName = /^[A-Za-z0-9._-]+$/.test(named) && !/^\.{1,2}$/.test(named);
  const found: NamedStore[] = [];
  for (const one of isName ? stores : []) if ((await namesIn(one)).includes(named)) found.push(one);
  const [first, second] = found;
  if (first && second)
    throw new InvalidInput(
      `the backup "${named}" is in ${found.length} stores; choose one with ${found.map(({ option }) => option).join(' or ')}`,
    );
  if (!first) {
    const there = await listBackups(stores);
    throw new InvalidInput(
      `there is no backup "${named}", neither a folder of that name; there are:\n${there.map(({ name, option }) => `  ${name} in ${option}`).join('\n') || '  none'}`,
    );
  }
  const { store } = first;
  const expiry = await readExpiry(store, named);
  if (expiry)
    throw new InvalidInput(
      `the backup of "${named}" ${expiryInWords(expiry)}; restore that one: npm run restore -- ${expiry.newer} --into DATABASE_URL`,
    );
  if (await store.read(backupKey(named)))
    return { store, key: backupKey(named), sha256: await hashOfRun(store, named) };
  const file = await oneFile(store, named);
  throw new InvalidInput(
    file
      ? `the backup of "${named}" is one file of an earlier version, ${file}; restore it with psql into an empty database that has its roles: gunzip -c ${file} | psql -v ON_ERROR_STOP=1 "$DATABASE_URL"`
      : `the backup "${named}" was not finished: ${backupPrefix(named)} has no manifest.json, without which it is no backup; make another one with npm run backup`,
  );
};
