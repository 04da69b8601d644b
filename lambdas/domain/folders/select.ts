/** Which migrations of a folder are wanted, and which only come before them. */
import { InvalidInput } from '#domain/errors';
import { versionOf } from './file-path';
import type { FolderMigration } from './folder';

export type Selection = {
  /** The migrations that the rehearsed ones need; applied, or taken as applied. */
  readonly before: readonly FolderMigration[];
  readonly rehearsed: readonly FolderMigration[];
};

const shownNames = 10;

const unknown = (option: string, wanted: string, migrations: readonly FolderMigration[], found: number) => {
  const names = migrations.slice(0, shownNames).map(({ name }) => name);
  const more = migrations.length > shownNames ? `, and ${migrations.length - shownNames} more` : '';
  return new InvalidInput(
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

/** Errors: InvalidInput when what was named is not there or not the only one. */
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
