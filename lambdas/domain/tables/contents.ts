/** What the tables hold, as far as it can be compared. */

export type ColumnContents = {
  /** pg_attribute.attnum: stays when the column is renamed, and is never given again. */
  readonly attnum: number;
  readonly name: string;
  /** How many are not null. */
  readonly values: number;
  /** Over all values, whatever their order and the column's name. Null when the table was too large to be read. */
  readonly digest: string | null;
};

export type TableContents = {
  /** pg_class.oid: stays when the table is renamed. */
  readonly oid: number;
  /** `schema.table`, quoted where needed. */
  readonly table: string;
  readonly rows: number;
  /** Over all rows, whatever their order; the columns in the order of their names. Null when the table was too large to be read. */
  readonly digest: string | null;
  readonly columns: readonly ColumnContents[];
};
