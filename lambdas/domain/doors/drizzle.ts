/**
 * Drizzle: before 1.0 only the newest `created_at` of its table decides, and the journal's `when` is a migration's moment; since 1.0
 * the name does.
 */
import { MigrationRefused } from '#domain/errors';
import { drizzleHash } from './checksums';
import { type Door, type DoorMigration, noLocks, type ToolRow, type ToolState } from './door';
import { byRows, readRows } from './read-rows';

type Entry = { readonly tag: string; readonly when: number };

const entriesOf = ({ settings }: DoorMigration): readonly Entry[] =>
  settings === null ? [] : (JSON.parse(Buffer.from(settings).toString('utf8')) as { entries: Entry[] }).entries;

const whenOf = (migration: DoorMigration): string => {
  const entry = entriesOf(migration).find(({ tag }) => tag === migration.name);
  if (entry) return String(entry.when);
  throw new MigrationRefused(
    `meta/_journal.json has no entry for ${migration.name}, without whose "when" Drizzle makes no row; expected one. Restore the journal`,
  );
};

const read = (rows: readonly ToolRow[], migrations: readonly DoorMigration[]): ToolState => {
  const state = readRows(rows, migrations, {
    keyOf: ({ created_at: createdAt }) => createdAt ?? null,
    keyOfMigration: whenOf,
    checksums: { column: 'hash', of: ({ bytes }) => [drizzleHash(bytes)] },
  });
  const newest = Math.max(...rows.map(({ created_at: createdAt }) => Number(createdAt)));
  const applied = new Set(state.applied.map(({ migration }) => migration));
  const passedOver = migrations.filter((one) => !applied.has(one) && Number(whenOf(one)) <= newest);
  return {
    ...state,
    broken: [
      ...state.broken,
      ...passedOver.map(
        ({ name, fileName }) =>
          `${fileName} was never applied: the "when" of ${name} is not newer than the newest row, so Drizzle passes over it. Give it a newer "when" in the journal`,
      ),
    ],
  };
};

export const drizzleDoor: Door = {
  tool: 'Drizzle',
  forms: ['drizzle'],
  table: '__drizzle_migrations',
  columns: { hash: 'text', created_at: 'bigint' },
  lacks: ['name'],
  locks: noLocks,
  read,
  row: (migration) => ({ hash: drizzleHash(migration.bytes), created_at: whenOf(migration) }),
  key: ['created_at'],
  where: (migration) => ({ created_at: whenOf(migration) }),
};

const folderOf = ({ name }: DoorMigration) => name.slice(name.lastIndexOf('/') + 1);

/** The fourteen digits of the folder's name, a moment in UTC. */
const momentOf = (migration: DoorMigration): string => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(folderOf(migration))?.map(Number) ?? [];
  if (year === undefined || month === undefined)
    throw new MigrationRefused(
      `${folderOf(migration)} does not begin with fourteen digits, from which Drizzle takes the moment of its row; expected a name such as 20260102030405_name`,
    );
  return String(Date.UTC(year, month - 1, day, hour, minute, second));
};

export const drizzleFoldersDoor: Door = {
  tool: 'Drizzle 1.0',
  forms: ['drizzle-folders'],
  table: '__drizzle_migrations',
  columns: { hash: 'text', created_at: 'bigint', name: 'text' },
  locks: noLocks,
  read: byRows({
    keyOf: ({ name }) => name ?? null,
    keyOfMigration: folderOf,
    checksums: { column: 'hash', of: ({ bytes }) => [drizzleHash(bytes)] },
  }),
  row: (migration) => ({
    hash: drizzleHash(migration.bytes),
    created_at: momentOf(migration),
    name: folderOf(migration),
  }),
  key: ['name'],
  where: (migration) => ({ name: folderOf(migration) }),
};
