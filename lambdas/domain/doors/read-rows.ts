/** Compares rows with migrations for tools that keep one row for each. */
import type { Door, DoorMigration, Recorded, ToolRow, ToolState } from './door';

export type RowReading = {
  /** The row's key in the tool's own terms; null for a row that stands for no migration. */
  readonly keyOf: (row: ToolRow) => string | null;
  readonly keyOfMigration: (migration: DoorMigration) => string | null;
  /** What is wrong with the row itself, behind the migration's name; null when nothing is. */
  readonly brokenBy?: (row: ToolRow) => string | null;
  /** Checksums under which the migration's file may be recorded; missing where the tool keeps none. */
  readonly checksums?: { readonly column: string; readonly of: (migration: DoorMigration) => readonly string[] };
};

const changedInWords = ({ fileName }: DoorMigration, recorded: string, [now = '']: readonly string[]) =>
  `${fileName} was changed after it was applied: the table has checksum ${recorded}, the file has ${now}`;

export const readRows = (
  rows: readonly ToolRow[],
  migrations: readonly DoorMigration[],
  { keyOf, keyOfMigration, brokenBy, checksums }: RowReading,
): ToolState => {
  const byKey = new Map(rows.flatMap((row) => (keyOf(row) === null ? [] : [[keyOf(row) as string, row] as const])));
  const applied: Recorded[] = [];
  const broken: string[] = [];
  const known = new Set<string>();
  for (const migration of migrations) {
    const key = keyOfMigration(migration);
    const row = key === null ? undefined : byKey.get(key);
    if (key === null || !row) continue;
    known.add(key);
    applied.push({ migration, row });
    const recorded = checksums ? row[checksums.column] : null;
    const now = checksums?.of(migration) ?? [];
    if (recorded !== null && recorded !== undefined && !now.includes(recorded))
      broken.push(changedInWords(migration, recorded, now));
  }
  for (const [key, row] of byKey) {
    const why = brokenBy?.(row) ?? null;
    if (why !== null) broken.push(`${key} ${why}`);
  }
  return { applied, broken, unknown: [...byKey.keys()].filter((key) => !known.has(key)) };
};

/** `read` of a door whose rows are compared so. */
export const byRows =
  (reading: RowReading): Door['read'] =>
  (rows, migrations) =>
    readRows(rows, migrations, reading);
