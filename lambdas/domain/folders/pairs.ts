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

const groupedBy = <K>(files: readonly FolderFile[], keyOf: (file: FolderFile) => K): ReadonlyMap<K, FolderFile[]> => {
  const groups = new Map<K, FolderFile[]>();
  for (const file of files) groups.set(keyOf(file), [...(groups.get(keyOf(file)) ?? []), file]);
  return groups;
};

/** By the whole name, else by the number alone, if one file has it: the words behind it may differ between the two. */
const findingDown = (ups: readonly FolderFile[], downs: readonly FolderFile[]) => {
  const byStem = groupedBy(downs, stemOf);
  const [upsByNumber, downsByNumber] = [groupedBy(ups, numberOf), groupedBy(downs, numberOf)];
  return (up: FolderFile): FolderFile | null => {
    const [same] = byStem.get(stemOf(up)) ?? [];
    if (same) return same;
    const number = numberOf(up);
    if (number === null || (upsByNumber.get(number)?.length ?? 0) > 1) return null;
    const [only, ...others] = downsByNumber.get(number) ?? [];
    return only && others.length === 0 ? only : null;
  };
};

/** Files that are not one of two are ways forward without a way back. */
export const readPairs = (files: readonly FolderFile[], byTool: string): ReadMigrations => {
  const [ups, downs] = [files.filter((file) => !isDown(file)), files.filter(isDown)];
  const downFor = findingDown(ups, downs);
  const used = new Set<FolderFile>();
  const migrations = ups.map((file) => {
    const down = downFor(file);
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
