/** `001_name.up.sql` beside `001_name.down.sql`, as golang-migrate, sqlx and others have them. */
import { byVersion, fileNameOf, isAtTop, versionOf } from './file-path';
import type { FolderFile, FolderForm, ReadMigrations } from './folder';
import { orphanNotes, sameVersions } from './same-version';
import { unlessEmpty, wholeFileOfSqlx } from './script';

const form = /\.(up|down)\.sql$/;

/** True for one of the two files. */
export const isPaired = (file: FolderFile): boolean => isAtTop(file) && form.test(file.path);

const stemOf = (file: FolderFile) => fileNameOf(file.path).replace(form, '');

const numberOf = (file: FolderFile) => versionOf(stemOf(file))?.toString() ?? null;

const isDown = ({ path }: FolderFile) => path.endsWith('.down.sql');

/** By the whole name, else by the number alone, if one file has it: the words behind it may differ between the two. */
const downFor = (up: FolderFile, ups: readonly FolderFile[], downs: readonly FolderFile[]): FolderFile | null => {
  const same = downs.find((down) => stemOf(down) === stemOf(up));
  if (same) return same;
  const number = numberOf(up);
  if (number === null || ups.filter((other) => numberOf(other) === number).length > 1) return null;
  const [only, ...others] = downs.filter((down) => numberOf(down) === number);
  return only && others.length === 0 ? only : null;
};

/** Files that are not one of two are ways forward without a way back. */
export const readPairs = (files: readonly FolderFile[], byTool: string): ReadMigrations => {
  const [ups, downs] = [files.filter((file) => !isDown(file)), files.filter(isDown)];
  const used = new Set<FolderFile>();
  const migrations = ups.map((file) => {
    const down = downFor(file, ups, downs);
    if (down) used.add(down);
    const name = stemOf(file).replace(/\.sql$/, '');
    return { name, up: wholeFileOfSqlx(file), down: down ? unlessEmpty(wholeFileOfSqlx(down)) : null };
  });
  return {
    migrations: migrations.sort((one, other) => byVersion(one.name, other.name)),
    notes: [...sameVersions(ups, numberOf, byTool), ...orphanNotes(downs.filter((down) => !used.has(down)))],
  };
};

export const pairs: FolderForm = {
  id: 'pairs',
  name: '*.up.sql and *.down.sql',
  showing: (files) => {
    const own = files.filter(isPaired);
    return own.every(isDown) ? [] : own;
  },
  takesToo: isPaired,
  read: (files) => readPairs(files, 'golang-migrate itself refuses them'),
  ownTables: ['schema_migrations', '_sqlx_migrations'],
};
