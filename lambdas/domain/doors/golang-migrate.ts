/** golang-migrate: one row says at which version the database is; every version up to it counts as applied. */
import { golangMigrateKey } from './checksums';
import { type Door, type DoorMigration, numberIn, type ToolRow, type ToolState } from './door';

const numberOf = ({ name }: DoorMigration) => numberIn(name) ?? '';

const read = (rows: readonly ToolRow[], migrations: readonly DoorMigration[]): ToolState => {
  const [row, ...others] = rows;
  if (!row) return { applied: [], unknown: [], broken: [] };
  const version = row['version'] ?? '';
  const isKnown = migrations.some((migration) => numberOf(migration) === version);
  const isUpTo = (migration: DoorMigration) => isKnown && BigInt(numberOf(migration)) <= BigInt(version);
  return {
    applied: migrations.filter(isUpTo).map((migration) => ({ migration, row })),
    unknown: isKnown ? [] : [version],
    broken: [
      ...(row['dirty'] === 'true'
        ? [
            `version ${version} is dirty: its migration began and did not end. Look what of it stands, then say so with migrate force`,
          ]
        : []),
      ...(others.length > 0 ? [`it has ${rows.length} rows; golang-migrate keeps one`] : []),
    ],
  };
};

export const golangMigrate: Door = {
  tool: 'golang-migrate',
  forms: ['pairs'],
  table: 'schema_migrations',
  columns: { version: 'bigint', dirty: 'boolean' },
  // Its command line takes the database's name from the URL's path, with the slash; a program that uses it as a library does not.
  locks: ({ database, schema, table }) =>
    [`/${database}`, database].map((name) => golangMigrateKey(schema, table, name)),
  read,
  row: (migration) => ({ version: numberOf(migration), dirty: 'false' }),
  key: ['version'],
  where: (migration) => ({ version: numberOf(migration) }),
  isState: true,
  before: ({ previous }) => (previous === null ? null : { version: numberIn(previous) ?? '', dirty: 'false' }),
};
