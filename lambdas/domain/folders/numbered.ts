/** One file each, named by a number, and no way back in it: sqlx, Supabase and many teams' own. */
import { byName, byVersion, fileNameOf, isAtTop, nameOf, versionOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { isPaired, readPairs } from './pairs';
import { sameVersions } from './same-version';
import { saysNoTransaction, wholeFileOfSqlx } from './script';

const numberOf = ({ path }: FolderFile) => versionOf(fileNameOf(path))?.toString() ?? null;

const isNumbered = (file: FolderFile) => isAtTop(file) && /^\d+[-_. ].*\.sql$/.test(file.path) && !isPaired(file);

const readNumbered = (files: readonly FolderFile[], order: typeof byName, byTool: string) => ({
  migrations: files
    .map((file) => ({ name: nameOf(file.path), up: wholeFileOfSqlx(file), down: null }))
    .sort((one, other) => order(one.name, other.name)),
  notes: sameVersions(files, numberOf, byTool),
});

export const numbered: FolderForm = {
  id: 'numbered',
  name: '<number>_name.sql or <number>-name.sql',
  showing: (files) => files.filter(isNumbered),
  read: (files) => readNumbered(files, byVersion, 'most tools refuse them'),
  ownTables: ['schema_migrations', '_sqlx_migrations'],
};

/** It is known by its beginning `-- no-transaction`, which no other tool has, or by `--form`. */
export const sqlx: FolderForm = {
  id: 'sqlx',
  name: 'sqlx',
  showing: (files) => files.filter((file) => isNumbered(file) && saysNoTransaction(file)),
  takesToo: (file) => isAtTop(file) && /^\d+_.*\.sql$/.test(file.path),
  read: (files) => readPairs(files, 'sqlx itself refuses the second'),
  ownTables: ['_sqlx_migrations'],
};

const ofSupabase = (file: FolderFile) => isAtTop(file) && /^\d+_.*\.sql$/.test(file.path);

// The CLI passes over a first dump that its own early versions wrote.
const isEarlyDump = ({ path }: FolderFile) => /^\d{14}_init\.sql$/.test(path) && path.slice(0, 14) < '20211209000000';

/** Known by where it lies: `supabase/migrations`. */
export const supabase: FolderForm = {
  id: 'supabase',
  name: 'Supabase',
  showing: (files, location) => (/(?:^|\/)supabase\/migrations\/?$/.test(location) ? files.filter(ofSupabase) : []),
  takesToo: ofSupabase,
  read: (files) => {
    const [first] = files.toSorted((one, other) => byName(one.path, other.path));
    const passedOver = first && isEarlyDump(first) ? first : null;
    const { migrations, notes } = readNumbered(
      files.filter((file) => file !== passedOver),
      byName,
      'the Supabase CLI itself fails at the second',
    );
    const early = 'an early dump, which the Supabase CLI passes over: it is not run';
    return { migrations, notes: [...notes, ...(passedOver ? [{ says: early, name: passedOver.path }] : [])] };
  },
  ownTables: ['schema_migrations'],
};
