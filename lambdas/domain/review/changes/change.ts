/** What a migration does to a schema, as the rules look at it. Tables and types are `schema.name`, unquoted. */
import type { AlterTableCmd, Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';

type InFile = {
  /** 1-based line of the migration file. */
  readonly line: number;
  readonly statement: SqlStatement;
};

export type TableChange = InFile & {
  readonly name: string;
  /** Partitions and children take their columns from the parent. */
  readonly parents: readonly string[];
  /** False for CREATE TABLE … AS and LIKE, whose columns are not in the file. */
  readonly hasOwnColumns: boolean;
};

export type ColumnChange = InFile & {
  readonly table: string;
  readonly isNewTable: boolean;
  readonly name: string;
  /** As `format_type` spells it, with length and brackets. */
  readonly type: string;
  /** Without length and brackets. */
  readonly baseType: string;
  readonly isNotNull: boolean;
  readonly isIdentity: boolean;
  readonly isGenerated: boolean;
  readonly defaultValue: Node | null;
};

export type ConstraintKind = 'primary key' | 'unique' | 'check' | 'foreign key' | 'exclusion';

export type ConstraintChange = InFile & {
  readonly table: string;
  readonly isNewTable: boolean;
  readonly kind: ConstraintKind;
  /** Null when the migration leaves the name to PostgreSQL. */
  readonly name: string | null;
  /** Its columns; of a CHECK those that the expression names. */
  readonly columns: readonly string[];
  readonly expression: Node | null;
  readonly references: { readonly table: string; readonly columns: readonly string[] } | null;
  readonly statesOnDelete: boolean;
  /** False for NOT VALID. */
  readonly isValidated: boolean;
  /** The existing index that it takes over; null when it builds its own. */
  readonly usingIndex: string | null;
};

export type IndexChange = InFile & {
  readonly table: string;
  readonly isNewTable: boolean;
  readonly name: string | null;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  /** Equal for indexes that hold the same. */
  readonly signature: string;
  readonly method: string;
};

export type TriggerChange = InFile & {
  readonly table: string;
  readonly name: string;
  readonly function: string;
  readonly isBefore: boolean;
  readonly isRow: boolean;
  readonly firesOn: readonly ('insert' | 'delete' | 'update' | 'truncate')[];
};

export type FunctionChange = InFile & {
  readonly name: string;
  /** The text between the quotes; empty for a body in SQL standard form. */
  readonly body: string;
};

/** One ALTER TABLE command. */
export type CommandChange = InFile & {
  readonly table: string;
  readonly isNewTable: boolean;
  readonly command: AlterTableCmd;
};

export type Changes = {
  readonly tables: readonly TableChange[];
  readonly columns: readonly ColumnChange[];
  readonly constraints: readonly ConstraintChange[];
  readonly indexes: readonly IndexChange[];
  readonly triggers: readonly TriggerChange[];
  readonly functions: readonly FunctionChange[];
  readonly commands: readonly CommandChange[];
};
