/** What is known of a migration tool's table: how it is read, and which row the tool would write. */

/** A row of a tool's table, each value as PostgreSQL writes it; null is NULL. */
export type ToolRow = Readonly<Record<string, string | null>>;

export type ToolColumn = { readonly name: string; readonly type: string };

/** A table that may be a tool's, as it is in the database. */
export type ToolTable = {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly ToolColumn[];
  readonly rows: readonly ToolRow[];
};

/** What of a migration a row is made from. */
export type DoorMigration = {
  /** Path of the way forward below the folder. */
  readonly fileName: string;
  readonly name: string;
  /** As `versionInForm` has it. */
  readonly version: string;
  readonly bytes: Uint8Array;
  /** A settings file beside it, such as Drizzle's journal; null where there is none. */
  readonly settings: Uint8Array | null;
  /** The name of the migration before it; null for the first. */
  readonly previous: string | null;
};

/** A value to write: text for the column's type, NULL, or an expression of ours. */
export type Cell = string | null | { readonly sql: string };

export type Recorded = { readonly migration: DoorMigration; readonly row: ToolRow };

/** What a table says of a folder's migrations. */
export type ToolState = {
  /** In the order of the folder. */
  readonly applied: readonly Recorded[];
  /** Rows that belong to no migration of the folder, as the tool names them. */
  readonly unknown: readonly string[];
  /** What is wrong with what is recorded: dirty, failed, changed; one sentence each, without a full stop. */
  readonly broken: readonly string[];
};

export type RowContext = {
  /** Whole milliseconds that the statements took. */
  readonly durationMs: number;
  readonly columns: readonly ToolColumn[];
  readonly rows: readonly ToolRow[];
};

/** Names by which a tool's lock may be derived. */
export type LockNames = { readonly database: string; readonly schema: string; readonly table: string };

export type Door = {
  /** The tool's name. */
  readonly tool: string;
  /** Ids of the forms that its migrations are in. */
  readonly forms: readonly string[];
  /** Its table's name unless a team has chosen another one. */
  readonly table: string;
  /** Columns that tell it from other tables of the name, with the beginning of their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns that another tool's table of the name has and its own has not. */
  readonly lacks?: readonly string[];
  /** Keys of the advisory locks that it holds while it migrates; empty where it takes none. */
  locks(names: LockNames): readonly string[];
  /** Errors: MigrationRefused where the tool itself could make no row of the migration. */
  read(rows: readonly ToolRow[], migrations: readonly DoorMigration[]): ToolState;
  /** Columns that the tool leaves to their defaults are left out. */
  row(migration: DoorMigration, context: RowContext): Readonly<Record<string, Cell>>;
  /** The columns of `where`. */
  readonly key: readonly string[];
  /** Columns and values that find the migration's row. */
  where(migration: DoorMigration): Readonly<Record<string, string>>;
  /** True where the table has one row, which says where the database is. */
  readonly isState?: boolean;
  /** The row from before the migration, where the table has only one; null for none. */
  before?(migration: DoorMigration): Readonly<Record<string, Cell>> | null;
};

/** The digits at the beginning of a name, without leading zeros; null when there are none. */
export const numberIn = (name: string): string | null => {
  const digits = /^\d+/.exec(name.slice(name.lastIndexOf('/') + 1))?.[0];
  return digits === undefined ? null : String(BigInt(digits));
};

export const noLocks = (): readonly string[] => [];
