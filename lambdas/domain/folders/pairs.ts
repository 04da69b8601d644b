/** `001_name.up.sql` beside `001_name.down.sql`, as golang-migrate, sqlx and others have them. */
import { byVersion, fileNameOf, versionOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { oneEach, orphanNotes } from './one-each';
import { unlessEmpty, wholeFile } from './script';

const form = /\.(up|down)\.sql$/;

const stemOf = (file: FolderFile) => fileNameOf(file.path).replace(form, '');

/** The number alone: the words behind it may differ between the two files. */
const keyOf = (file: FolderFile) => String(versionOf(stemOf(file)) ?? stemOf(file));

const isUp = ({ path }: FolderFile) => path.endsWith('.up.sql');

export const pairs: FolderForm = {
  name: '*.up.sql and *.down.sql',
  claims: ({ path }) => form.test(path) && !path.includes('/'),
  read: (files) => {
    const ups = oneEach(files.filter(isUp), keyOf);
    const downs = oneEach(
      files.filter((file) => !isUp(file)),
      keyOf,
    );
    return {
      migrations: [...ups]
        .map(([key, file]) => {
          const down = downs.get(key);
          return { name: stemOf(file), up: wholeFile(file), down: down ? unlessEmpty(wholeFile(down)) : null };
        })
        .sort((one, other) => byVersion(one.name, other.name)),
      notes: orphanNotes(ups, downs),
    };
  },
};
