/** A table as it stands before the migration; the catalog's structured view has this shape. */
export type ExistingTable = {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly isNullable: boolean;
  }[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly isUnique: boolean;
    readonly isPartial: boolean;
    readonly isValid: boolean;
  }[];
};
