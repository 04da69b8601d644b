/** Tools that keep one row for each migration, under a primary key, and nothing else that matters: dbmate, sql-migrate, sqlx, diesel. */
import { sqlxChecksum, sqlxKey } from './checksums';
import { type Door, type DoorMigration, noLocks, numberIn } from './door';
import { byRows } from './read-rows';

const columnOf = (column: string) => (row: Readonly<Record<string, string | null>>) => row[column] ?? null;

/** The digits as they are written: `001` and `1` are two versions to dbmate. */
const digitsOf = ({ name }: DoorMigration) => /^\d+/.exec(name)?.[0] ?? '';

export const dbmateDoor: Door = {
  tool: 'dbmate',
  forms: ['dbmate'],
  table: 'schema_migrations',
  columns: { version: 'character varying' },
  lacks: ['dirty', 'statements'],
  locks: noLocks,
  read: byRows({ keyOf: columnOf('version'), keyOfMigration: digitsOf }),
  row: (migration) => ({ version: digitsOf(migration) }),
  key: ['version'],
  where: (migration) => ({ version: digitsOf(migration) }),
};

/** It knows a migration by its file's name, with the ending. */
const fileNameOf = ({ fileName }: DoorMigration) => fileName;

export const sqlMigrateDoor: Door = {
  tool: 'sql-migrate',
  forms: ['sql-migrate'],
  table: 'gorp_migrations',
  columns: { id: 'text', applied_at: 'timestamp with time zone' },
  locks: noLocks,
  read: byRows({ keyOf: columnOf('id'), keyOfMigration: fileNameOf }),
  row: (migration) => ({ id: fileNameOf(migration), applied_at: { sql: 'pg_catalog.clock_timestamp()' } }),
  key: ['id'],
  where: (migration) => ({ id: fileNameOf(migration) }),
};

const dieselVersionOf = ({ version }: DoorMigration) => version;

export const dieselDoor: Door = {
  tool: 'diesel',
  forms: ['folders'],
  table: '__diesel_schema_migrations',
  columns: { version: 'character varying', run_on: 'timestamp' },
  locks: noLocks,
  read: byRows({ keyOf: columnOf('version'), keyOfMigration: dieselVersionOf }),
  row: (migration) => ({ version: dieselVersionOf(migration) }),
  key: ['version'],
  where: (migration) => ({ version: dieselVersionOf(migration) }),
};

/** What stands behind the version, in words. */
const sqlxDescriptionOf = ({ name }: DoorMigration) =>
  name
    .replace(/^\d+_/, '')
    .replace(/\.(?:up|down)$/, '')
    .replaceAll('_', ' ');

const sqlxVersionOf = ({ name }: DoorMigration) => numberIn(name);

export const sqlxDoor: Door = {
  tool: 'sqlx',
  forms: ['pairs', 'sqlx', 'numbered'],
  table: '_sqlx_migrations',
  columns: { version: 'bigint', description: 'text', success: 'boolean', checksum: 'bytea', execution_time: 'bigint' },
  // The library takes it; the command line takes none.
  locks: ({ database }) => [sqlxKey(database)],
  read: byRows({
    keyOf: columnOf('version'),
    keyOfMigration: sqlxVersionOf,
    brokenBy: ({ success }) => (success === 'true' ? null : 'is dirty: it began and did not succeed'),
    checksums: { column: 'checksum', of: ({ bytes }) => [sqlxChecksum(bytes)] },
  }),
  row: (migration, { durationMs }) => ({
    version: sqlxVersionOf(migration),
    description: sqlxDescriptionOf(migration),
    success: 'true',
    checksum: sqlxChecksum(migration.bytes),
    // Nanoseconds.
    execution_time: String(BigInt(durationMs) * 1_000_000n),
  }),
  key: ['version'],
  where: (migration) => ({ version: sqlxVersionOf(migration) ?? '' }),
};
