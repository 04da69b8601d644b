/** Reads and changes the files of a backup in a test's store. */
import type { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ownMethod } from '#adapters/postgres/backup/compression';
import type { Backup } from '#domain/backup/backup';
import { filesOf, type Manifest, manifestText, parseManifest, scriptNames } from '#domain/backup/manifest';
import { sha256Of } from '#domain/sha256';
import type { ArtifactStore } from '#lambdas/ports/store';

const through = (stream: Transform, bytes: Buffer | string): Promise<Buffer> => {
  stream.end(bytes);
  return buffer(stream);
};

/** As the backups of this Node are compressed. */
export const compress = (text: string): Promise<Buffer> => through(ownMethod.compress(), text);

/** Errors: those of the stream. */
export const decompress = (bytes: Buffer): Promise<Buffer> => through(ownMethod.decompress(), bytes);

const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1);

export const readManifest = async (store: ArtifactStore, key: string): Promise<Manifest> => {
  const manifest = parseManifest((await store.read(key))?.toString() ?? '');
  if ('fault' in manifest) throw new Error(manifest.fault);
  return manifest;
};

export const textOfFile = async (store: ArtifactStore, key: string, name: string): Promise<string> => {
  const bytes = (await store.read(`${folderOf(key)}${name}`)) ?? Buffer.from('');
  return name.endsWith(ownMethod.extension) ? (await decompress(bytes)).toString() : bytes.toString();
};

/** All that psql would run, in its order. */
export const textOfBackup = async (store: ArtifactStore, key: string): Promise<string> => {
  const { scripts, rows, rolesScript } = await readManifest(store, key);
  const [before, ...others] = scriptNames.map((name) => scripts[name].name);
  const names = [rolesScript.name, before ?? '', ...rows.map(({ name }) => name), ...others];
  const texts: string[] = [];
  for (const name of names) texts.push(await textOfFile(store, key, name));
  return texts.join('');
};

/** Changes the text of the files whose text `change` changes, and writes hashes and manifest as if it had been made so. */
export const rewriteBackup = async (
  store: ArtifactStore,
  backup: Backup,
  change: (text: string) => string,
  changeManifest: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Promise<Backup> => {
  const manifest = await readManifest(store, backup.key);
  let text = JSON.stringify(manifest);
  for (const file of filesOf(manifest).filter(
    ({ name }) => name.endsWith(ownMethod.extension) && !name.startsWith('contents'),
  )) {
    const before = await textOfFile(store, backup.key, file.name);
    const after = change(before);
    if (after === before) continue;
    const bytes = await compress(after);
    await store.write(`${folderOf(backup.key)}${file.name}`, bytes);
    text = text.replace(
      `"sizeBytes":${file.sizeBytes},"sha256":"${file.sha256}"`,
      `"sizeBytes":${bytes.length},"sha256":"${sha256Of(bytes)}"`,
    );
  }
  const stored = await store.write(backup.key, manifestText(changeManifest(JSON.parse(text))));
  return { ...backup, ...stored };
};
