/** Which table of a database counts: the one that it was adopted from, else the only one that fits. */
import { MigrationRefused } from '#domain/errors';
import type { SourceMigration } from '#domain/folders/origin';
import { doorInWords, type NamedDoor } from '#domain/ledger/tool-row';
import type { Door, DoorMigration, ToolColumn, ToolState, ToolTable } from './door';
import { doorNamed, doorsOf } from './doors';

export type FoundDoor = { readonly door: Door; readonly table: ToolTable };

export const namedDoorOf = ({ door, table }: FoundDoor): NamedDoor => ({
  tool: door.tool,
  schema: table.schema,
  table: table.table,
});

const hasColumns = ({ columns, lacks = [] }: Door, there: readonly ToolColumn[]) =>
  Object.entries(columns).every(([name, type]) =>
    there.some((column) => column.name === name && column.type.startsWith(type)),
  ) && !there.some(({ name }) => lacks.includes(name));

/** All tables that a tool of the form may have written. */
export const doorsIn = (form: string, tables: readonly ToolTable[]): readonly FoundDoor[] =>
  doorsOf(form).flatMap((door) =>
    tables.filter(({ columns }) => hasColumns(door, columns)).map((table) => ({ door, table })),
  );

/** The names under which tools of the form keep their tables. */
export const tableNamesOf = (form: string): readonly string[] => doorsOf(form).map(({ table }) => table);

const isNamed = ({ door, table }: FoundDoor, { tool, schema, table: name }: NamedDoor) =>
  door.tool === tool && table.schema === schema && table.table === name;

/**
 * Null where no tool of the form has a table. `adopted` is the one that the ledger names. Errors: MigrationRefused when there are
 * several, or when the one of the ledger is gone.
 */
export const chooseDoor = (form: string, tables: readonly ToolTable[], adopted: NamedDoor | null): FoundDoor | null => {
  const found = doorsIn(form, tables);
  if (adopted !== null) {
    const door = found.find((one) => isNamed(one, adopted));
    if (door) return door;
    throw new MigrationRefused(
      `${doorInWords(adopted)}, which the ledger names, is not there any more, or has other columns; expected the table that the database was adopted from. Put it back, or adopt the database again with --table`,
    );
  }
  const [only, ...others] = found;
  if (others.length === 0) return only ?? null;
  throw new MigrationRefused(
    `the database has ${found.length} tables that could say what is applied: ${found.map((one) => doorInWords(namedDoorOf(one))).join(', ')}; expected one. Say which one counts: npm run adopt -- --table SCHEMA.TABLE`,
  );
};

const bytesOf = ({ origin }: SourceMigration, role: string) =>
  origin.files.find((file) => file.role === role)?.bytes ?? null;

export const doorMigrationOf = (source: SourceMigration): DoorMigration => ({
  fileName: source.fileName,
  name: source.origin.name,
  version: source.version,
  bytes: bytesOf(source, 'forward') ?? Buffer.alloc(0),
  settings: bytesOf(source, 'settings'),
  previous: source.origin.previous,
});

export const stateOf = ({ door, table }: FoundDoor, migrations: readonly SourceMigration[]): ToolState =>
  door.read(table.rows, migrations.map(doorMigrationOf));

/** What a step hands to the database: which row of which table belongs to the migration. */
export type DoorWork = NamedDoor & { readonly migration: DoorMigration };

export const locksOf = ({ tool, schema, table }: NamedDoor, database: string): readonly string[] =>
  doorNamed(tool).locks({ database, schema, table });
