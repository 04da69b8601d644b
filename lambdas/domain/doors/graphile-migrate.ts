/** graphile-migrate: the headers of a committed file hold its hash and that of the one before it. */
import { MigrationRefused } from '#domain/errors';
import type { Door, DoorMigration } from './door';
import { byRows } from './read-rows';

/** The number alone: a slug may change. */
const fileNameOf = ({ name }: DoorMigration) => `${/^\d+/.exec(name)?.[0] ?? name}.sql`;

const headerOf = ({ bytes }: DoorMigration, name: string): string | null =>
  new RegExp(`^--! ${name}: *(\\S+)`, 'm').exec(Buffer.from(bytes).subarray(0, 2_000).toString('utf8'))?.[1] ?? null;

const hashOf = (migration: DoorMigration): string => {
  const hash = headerOf(migration, 'Hash');
  if (hash !== null) return hash;
  throw new MigrationRefused(
    `${migration.fileName} has no "--! Hash:" among its headers, without which graphile-migrate makes no row; expected a committed migration. Commit it with graphile-migrate commit`,
  );
};

const previousHashOf = (migration: DoorMigration): string | null => {
  const previous = headerOf(migration, 'Previous');
  return previous === '-' ? null : previous;
};

export const graphileMigrateDoor: Door = {
  tool: 'graphile-migrate',
  forms: ['graphile-migrate'],
  table: 'migrations',
  columns: { hash: 'text', previous_hash: 'text', filename: 'text' },
  locks: () => ['4727445306447283'],
  read: byRows({
    keyOf: ({ filename }) => filename ?? null,
    keyOfMigration: fileNameOf,
    checksums: { column: 'hash', of: (migration) => [hashOf(migration)] },
  }),
  row: (migration) => ({
    hash: hashOf(migration),
    previous_hash: previousHashOf(migration),
    filename: fileNameOf(migration),
  }),
  key: ['filename'],
  where: (migration) => ({ filename: fileNameOf(migration) }),
};
