/** Which migrations are rehearsed and which are only applied before them. */
import { UsageError } from '#command-line/exit-codes';
import { versionOf } from '#domain/folders/file-path';
import type { FolderMigration } from '#domain/folders/folder';
import type { Selection } from '#local/rehearsal/rehearse-folder';

const shownNames = 10;

const unknown = (option: string, wanted: string, migrations: readonly FolderMigration[], found: number) => {
  const names = migrations.slice(0, shownNames).map(({ name }) => name);
  const more = migrations.length > shownNames ? `, and ${migrations.length - shownNames} more` : '';
  return new UsageError(
    `${option} names "${wanted}", which ${found === 0 ? 'is no migration' : `could be ${found} migrations`} of the folder; there are: ${names.join(', ')}${more}`,
  );
};

/** By name, file name, number, or the beginning of the name, in this order. */
const find = (option: string, wanted: string, migrations: readonly FolderMigration[]): number => {
  const version = /^\d+$/.test(wanted) ? BigInt(wanted) : null;
  const ways: readonly ((migration: FolderMigration) => boolean)[] = [
    ({ name, up }) => name === wanted || up.fileName === wanted,
    ({ name }) => version !== null && versionOf(name) === version,
    ({ name }) => name.startsWith(wanted),
  ];
  for (const way of ways) {
    const found = migrations.filter(way);
    if (found.length === 1) return migrations.indexOf(found[0] as FolderMigration);
    if (found.length > 1) throw unknown(option, wanted, migrations, found.length);
  }
  throw unknown(option, wanted, migrations, 0);
};

/** Errors: UsageError when what was named is not there or not the only one. */
export const selectMigrations = (
  migrations: readonly FolderMigration[],
  { from, only }: { readonly from: string | null; readonly only: string | null },
): Selection => {
  const [option, wanted] = only === null ? ['--from', from] : ['--only', only];
  if (wanted === null || wanted === undefined) return { before: [], rehearsed: migrations };
  const index = find(option ?? '', wanted, migrations);
  return {
    before: migrations.slice(0, index),
    rehearsed: migrations.slice(index, only === null ? undefined : index + 1),
  };
};
