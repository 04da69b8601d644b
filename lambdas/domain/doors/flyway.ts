/** Flyway: rows by rank; a baseline stands for every version up to it, repeatable migrations have no version. */
import { compareVersions } from '#domain/migration/file-name';
import { flywayChecksum, flywayKey } from './checksums';
import type { Door, DoorMigration, Recorded, ToolRow, ToolState } from './door';
import { readRows } from './read-rows';

/** As `versionInForm` has it: `1.0` is `1`. */
const comparable = (version: string) => {
  const numbers = version.split(/[._]/).map((number) => number.replace(/^0+(?=\d)/, ''));
  while (numbers.length > 1 && numbers.at(-1) === '0') numbers.pop();
  return numbers.join('.');
};

const partsOf = ({ fileName }: DoorMigration) => {
  const name = fileName.slice(fileName.lastIndexOf('/') + 1).replace(/\.sql$/i, '');
  const [, version = '', description = ''] = /^V(\d+(?:[._]\d+)*)__(.*)$/.exec(name) ?? [];
  return { version: version.replaceAll('_', '.'), description: description.replaceAll('_', ' ') };
};

const longestDescription = 200;

const shortened = (description: string) =>
  description.length > longestDescription ? `${description.slice(0, longestDescription - 3)}...` : description;

/** Versions that a later row of type DELETE has taken out of the history. */
const removedIn = (rows: readonly ToolRow[]) =>
  new Set(rows.filter(({ type }) => type === 'DELETE').map(({ version }) => version));

const read = (rows: readonly ToolRow[], migrations: readonly DoorMigration[]): ToolState => {
  const removed = removedIn(rows);
  const own = rows.filter(({ version, type }) => version !== null && type === 'SQL' && !removed.has(version));
  const read = readRows(own, migrations, {
    keyOf: ({ version }) => (version ? comparable(version) : null),
    keyOfMigration: (migration) => comparable(partsOf(migration).version),
    brokenBy: ({ success, script }) => (success === 'true' ? null : `(${script}) failed; repair it with flyway repair`),
    checksums: { column: 'checksum', of: ({ bytes }) => [flywayChecksum(bytes)] },
  });
  const baseline = rows.find(({ type, version }) => type === 'BASELINE' && version !== null);
  if (!baseline) return read;
  const isBelow = (migration: DoorMigration) =>
    compareVersions(comparable(partsOf(migration).version), comparable(baseline['version'] ?? '')) <= 0;
  const recorded = new Map(read.applied.map((one): [DoorMigration, Recorded] => [one.migration, one]));
  return {
    ...read,
    applied: migrations.flatMap(
      (migration) => recorded.get(migration) ?? (isBelow(migration) ? [{ migration, row: baseline }] : []),
    ),
  };
};

const nextRank = (rows: readonly ToolRow[]) =>
  String(1 + Math.max(0, ...rows.map(({ installed_rank: rank }) => Number(rank))));

export const flywayDoor: Door = {
  tool: 'Flyway',
  forms: ['flyway'],
  table: 'flyway_schema_history',
  columns: {
    installed_rank: 'integer',
    version: 'character varying',
    script: 'character varying',
    checksum: 'integer',
  },
  locks: ({ schema, table }) => [flywayKey(schema, table)],
  read,
  row: (migration, { rows, durationMs }) => ({
    installed_rank: nextRank(rows),
    version: partsOf(migration).version,
    description: shortened(partsOf(migration).description),
    type: 'SQL',
    script: migration.fileName,
    checksum: flywayChecksum(migration.bytes),
    installed_by: { sql: 'CURRENT_USER' },
    execution_time: String(durationMs),
    success: 'true',
  }),
  key: ['version', 'type'],
  where: (migration) => ({ version: partsOf(migration).version, type: 'SQL' }),
};
