/** `001_name.up.sql` beside `001_name.down.sql`, as golang-migrate, sqlx and others have them. */
import { MigrationRefused } from '../../errors';
import { byVersion, fileNameOf, versionOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { unlessEmpty, wholeFile } from './script';

const form = /\.(up|down)\.sql$/;

const stemOf = (file: FolderFile) => fileNameOf(file.path).replace(form, '');

/** The number alone: the words behind it may differ between the two files. */
const keyOf = (file: FolderFile) => String(versionOf(stemOf(file)) ?? stemOf(file));

const isUp = ({ path }: FolderFile) => path.endsWith('.up.sql');

/** By key; two files for one key and direction are what the tools refuse too. */
const oneEach = (files: readonly FolderFile[]) => {
  const byKey = new Map<string, FolderFile>();
  for (const file of files) {
    const earlier = byKey.get(keyOf(file));
    if (earlier)
      throw new MigrationRefused(
        `${earlier.path} and ${file.path} have the same version; expected each version once. Rename one of them`,
      );
    byKey.set(keyOf(file), file);
  }
  return byKey;
};

export const pairs: FolderForm = {
  name: '*.up.sql and *.down.sql',
  claims: ({ path }) => form.test(path) && !path.includes('/'),
  read: (files) => {
    const ups = oneEach(files.filter(isUp));
    const downs = oneEach(files.filter((file) => !isUp(file)));
    return {
      migrations: [...ups]
        .map(([key, file]) => {
          const down = downs.get(key);
          return { name: stemOf(file), up: wholeFile(file), down: down ? unlessEmpty(wholeFile(down)) : null };
        })
        .sort((one, other) => byVersion(one.name, other.name)),
      notes: [...downs]
        .filter(([key]) => !ups.has(key))
        .map(([, { path }]) => `${path} goes back from a migration that is not there: it is not run`),
    };
  },
};
