/** The migrations that were named: those of folders in any form, and single files as their folder's form has them. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { readFolder, readFolderFile } from '#adapters/folder/read-folder';
import { UsageError } from '#command-line/exit-codes';
import { InvalidInput } from '#domain/errors';
import type { FolderMigration, MigrationFolder } from '#domain/folders/folder';
import { ours } from '#domain/folders/ours';
import { recogniseFolder } from '#domain/folders/recognise';
import { wholeFile } from '#domain/folders/script';

export type NamedMigrations = {
  /** From where the user stands: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly isOwnForm: boolean;
  readonly migrations: readonly FolderMigration[];
  readonly notes: readonly string[];
};

const prefixOf = (directory: string) => {
  const relative = path.relative('', directory).split(path.sep).join('/');
  return relative === '' ? '' : `${relative}/`;
};

const namedIn = (
  directory: string,
  { form, migrations, notes }: MigrationFolder,
  named: readonly FolderMigration[] = migrations,
): NamedMigrations => ({ prefix: prefixOf(directory), isOwnForm: form === ours.name, migrations: named, notes });

const recognise = async (directory: string, form: string | null) => {
  const { files, deeper } = await readFolder(directory);
  return recogniseFolder(files, deeper, { form, location: directory.split(path.sep).join('/') });
};

const recogniseIfAny = async (directory: string, form: string | null): Promise<MigrationFolder | null> => {
  try {
    return await recognise(directory, form);
  } catch (error) {
    // A file that lies among others than migrations is looked at all the same.
    if (error instanceof InvalidInput) return null;
    throw error;
  }
};

const alone = async (directory: string, name: string): Promise<NamedMigrations> => {
  const bytes = await readFolderFile(directory, name);
  if (!bytes) throw new UsageError(`${path.join(directory, name)} does not exist; name a file or a folder`);
  const migration = { name: name.replace(/\.sql$/i, ''), up: wholeFile({ path: name, bytes }), down: null };
  return { prefix: prefixOf(directory), isOwnForm: false, migrations: [migration], notes: [] };
};

const ofFile = async (file: string, form: string | null): Promise<NamedMigrations> => {
  // In forms with a folder per migration the form is that of the folder above.
  for (const directory of [path.dirname(file), path.dirname(path.dirname(file))]) {
    const folder = await recogniseIfAny(directory, form);
    const name = path.relative(directory, file).split(path.sep).join('/');
    const found = folder?.migrations.filter(({ up, down }) => up.fileName === name || down?.fileName === name);
    if (folder && found && found.length > 0) return namedIn(directory, { ...folder, notes: [] }, found);
  }
  return alone(path.dirname(file), path.basename(file));
};

const isFolder = async (name: string) => {
  try {
    return (await stat(name)).isDirectory();
  } catch (cause) {
    throw new UsageError(
      `${name} cannot be read (${(cause as NodeJS.ErrnoException).code}); expected a folder or a file of migrations`,
      { cause },
    );
  }
};

/** Errors: UsageError, InvalidInput, MigrationRefused. */
export const readNamed = async (name: string, form: string | null): Promise<NamedMigrations> => {
  const absolute = path.resolve(name);
  return (await isFolder(name)) ? namedIn(absolute, await recognise(absolute, form)) : ofFile(absolute, form);
};
