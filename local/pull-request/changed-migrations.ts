/** The migrations that changed files belong to, folder by folder, in whatever form a folder is. */
import path from 'node:path';
import { readFolder } from '#adapters/folder/read-folder';
import type { ChangedFile } from '#adapters/github/pull-request';
import { InvalidInput } from '#domain/errors';
import type { FolderMigration, MigrationFolder } from '#domain/folders/folder';
import { NoMigrationsFound, recogniseFolder } from '#domain/folders/recognise';

export type ChangedFolder = {
  /** From the repository's root, parts joined by `/`; empty for the root itself. */
  readonly folder: string;
  readonly read: MigrationFolder;
  /** Of the folder's migrations, in their order. */
  readonly changed: readonly FolderMigration[];
};

export type ChangedMigrations = {
  readonly folders: readonly ChangedFolder[];
  /** Folders whose migrations their own tool would refuse, with the reason. */
  readonly unreadable: readonly { readonly folder: string; readonly because: string }[];
  /** Files of SQL that are in no folder of migrations. */
  readonly passedOver: readonly string[];
  /** Of SQL, from folders of migrations or elsewhere. */
  readonly removed: readonly string[];
};

type Looking = {
  readonly root: string;
  /** From where the user stands; empty: wherever changed files are. */
  readonly named: readonly string[];
  /** Null: each folder shows its form. */
  readonly form: string | null;
};

const slashed = (name: string) => name.split(path.sep).join('/');

const read = async (root: string, folder: string, form: string | null): Promise<MigrationFolder> => {
  const directory = path.join(root, folder);
  const { files, deeper } = await readFolder(directory);
  return recogniseFolder(files, deeper, { form, location: slashed(directory) });
};

/** Null where it is no folder of migrations, or not there any more; a sentence where it is one that cannot be read. */
const readOrSay = async (
  root: string,
  folder: string,
  form: string | null,
): Promise<MigrationFolder | string | null> => {
  try {
    return await read(root, folder, form);
  } catch (error) {
    if (error instanceof NoMigrationsFound) return null;
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
};

const below = (folder: string, file: string) =>
  folder === '' ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : null;

const migrationsOf = ({ migrations }: MigrationFolder, file: string): readonly FolderMigration[] =>
  migrations.filter(({ up, down }) => up.fileName === file || down?.fileName === file);

const parentOf = (name: string) => {
  const parent = path.posix.dirname(name);
  return parent === '.' ? '' : parent;
};

const isSql = (file: string) => /\.sql$/i.test(file);

const perMigration: readonly string[] = ['up.sql', 'down.sql', 'migration.sql'];

/** The folder of a file, and in forms with a folder per migration the one above. */
const foldersFor = (file: string): readonly string[] => {
  const own = parentOf(file);
  return own !== '' && perMigration.includes(path.posix.basename(file)) ? [parentOf(own), own] : [own];
};

const relativeTo = (root: string, named: string): string => {
  const relative = slashed(path.relative(root, path.resolve(named)));
  if (relative === '..' || relative.startsWith('../'))
    throw new InvalidInput(`--migrations is "${named}", which is outside of the repository; expected a folder in it`);
  return relative;
};

/** Errors: InvalidInput for a named folder that is none of migrations. */
export const readChangedMigrations = async (
  files: readonly ChangedFile[],
  { root, named, form }: Looking,
): Promise<ChangedMigrations> => {
  const present = files.filter(({ path: name, isRemoved }) => isSql(name) && !isRemoved).map(({ path: name }) => name);
  const known = new Map<string, MigrationFolder | string | null>();
  for (const folder of named.map((name) => relativeTo(root, name))) known.set(folder, await read(root, folder, form));
  if (named.length === 0)
    for (const folder of new Set(present.flatMap(foldersFor))) known.set(folder, await readOrSay(root, folder, form));

  const changed = new Map<MigrationFolder, Set<FolderMigration>>();
  const passedOver: string[] = [];
  const unreadable = new Map<string, string>();
  for (const name of present) {
    const candidates = named.length > 0 ? [...known.keys()] : foldersFor(name);
    const places = candidates.flatMap((folder) => {
      const inside = below(folder, name);
      const found = known.get(folder) ?? null;
      return inside === null || found === null ? [] : [{ folder, inside, found }];
    });
    const refused = places.find(({ found }) => typeof found === 'string');
    const place = places.find(
      ({ inside, found }) => typeof found !== 'string' && migrationsOf(found, inside).length > 0,
    );
    if (place && typeof place.found !== 'string') {
      const own = changed.get(place.found) ?? new Set();
      for (const migration of migrationsOf(place.found, place.inside)) own.add(migration);
      changed.set(place.found, own);
    } else if (refused) unreadable.set(refused.folder, String(refused.found));
    else passedOver.push(name);
  }
  return {
    folders: [...known].flatMap(([folder, found]) => {
      const own = found !== null && typeof found !== 'string' ? changed.get(found) : undefined;
      return own && found !== null && typeof found !== 'string'
        ? [{ folder, read: found, changed: found.migrations.filter((one) => own.has(one)) }]
        : [];
    }),
    unreadable: [...unreadable].map(([folder, because]) => ({ folder, because })),
    passedOver,
    removed: files.filter(({ path: name, isRemoved }) => isSql(name) && isRemoved).map(({ path: name }) => name),
  };
};
