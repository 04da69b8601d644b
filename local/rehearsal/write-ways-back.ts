/** Puts the ways back that were written and lead back where the folder's form wants them. */
import { writeFolderFile } from '#adapters/folder/write-folder-file';
import type { FolderFile, FolderMigration } from '#domain/folders/folder';
import { placeWayBack } from '#domain/folders/place-of-way-back';
import { leadsBack, type RehearsalResult } from './result';

type Folder = {
  readonly directory: string;
  readonly formId: string;
  readonly files: readonly FolderFile[];
  readonly migrations: readonly FolderMigration[];
};

/** One sentence for each migration that has none. Errors: InvalidInput where a file cannot be written. */
export const writeWaysBack = async (
  { directory, formId, files, migrations }: Folder,
  results: readonly RehearsalResult[],
  onNote: (text: string) => void,
): Promise<void> => {
  let current = files;
  for (const { migration: name, wayBack } of results) {
    const migration = migrations.find((one) => one.name === name);
    if (!wayBack || !migration) continue;
    if (!leadsBack(wayBack)) {
      onNote(`${name}: nothing written: there is no way back that was rehearsed and leads back`);
      continue;
    }
    const remarks = [
      `Written from the schema before and after this migration, and rehearsed: ${wayBack.verdict}.`,
      ...wayBack.losses.map((text) => `Loses: ${text}.`),
    ];
    const placed = placeWayBack(formId, current, migration, { remarks, sql: wayBack.sql });
    if ('none' in placed) {
      onNote(`${name}: nothing written: ${placed.none}`);
      continue;
    }
    await writeFolderFile(directory, placed.path, placed);
    current = [
      ...current.filter(({ path }) => path !== placed.path),
      { path: placed.path, bytes: Buffer.from(placed.text) },
    ];
    onNote(`${name}: written to ${placed.path}`);
  }
};
