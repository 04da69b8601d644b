/** What is expected of a statement before it runs, and what has to be known of the tables for it. */
import type { Node } from 'libpg-query';
import type { TableWork } from './alter-table-locks';
import type { BoundedRows } from './bounded-rows';
import type { LockMode } from './lock-modes';
import type { AskedRows } from './row-locks';
import type { FunctionName } from './volatility';

export type PredictedLock = {
  /** `schema.table`. */
  readonly table: string;
  readonly mode: LockMode;
  readonly work: TableWork;
};

/** What a statement is expected to lock. */
export type Prediction = {
  /** 0-based position in the file. */
  readonly index: number;
  /** The syntax tree's word for the statement. */
  readonly kind: string;
  readonly locks: readonly PredictedLock[];
  /** Rows that it locks without writing them. */
  readonly asked?: readonly AskedRows[];
  /** Null when its text does not bound the number of rows. */
  readonly bounded?: BoundedRows | null;
  /** True for an UPDATE that sets a column of a unique key. */
  readonly setsKey?: boolean;
};

/** What the prediction has to know of the tables as they are. */
export type KnownTables = {
  /** As `format_type` spells it; null where it is not known. */
  columnType(table: string, column: string): string | null;
  /** The table an index is on; null where it is not known. */
  tableOfIndex(index: string): string | null;
  /** Each of the following may be left out where nothing is known; then the heavier work is expected. */
  hasNoNulls?(table: string, column: string): boolean;
  mayBeVolatile?(name: FunctionName): boolean;
  isConstrained?(type: string): boolean;
  /** The partition that takes what no other does. */
  defaultPartitionOf?(table: string): string | null;
  /** A valid CHECK of the partition says what its bound says; of the default partition, that it holds no row of the new one. */
  provesBound?(partition: string, parent: string, bound: Node | undefined): boolean;
  provesNoRowOf?(defaultPartition: string, parent: string, bound: Node | undefined): boolean;
  tablesWithType?(type: string): readonly string[];
};
