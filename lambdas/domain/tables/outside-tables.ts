/** What a database holds outside its tables: the values of its sequences, and its large objects. */

/** A column that takes its numbers from the sequence, by identity or by its default. */
export type FedColumn = {
  /** `public.jobs.id`, quoted where needed. */
  readonly column: string;
  /** `public.jobs` and `id`, quoted where needed. */
  readonly table: string;
  readonly name: string;
  /**
   * The number that the sequence must have passed: the largest in the column, the smallest where the sequence descends; of those in
   * its range. In decimal digits. Null when the column is empty or the role may not read it.
   */
  readonly furthest: string | null;
};

export type SequenceState = {
  /** pg_class.oid: another one where the sequence was made anew. */
  readonly oid: number;
  /** `public.jobs_id_seq`, quoted where needed. */
  readonly sequence: string;
  /** In decimal digits, as are all numbers of a sequence: they may be larger than a number can hold. */
  readonly lastValue: string;
  /** True when `lastValue` was given out, so that the next number is one further. */
  readonly isCalled: boolean;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly isCycling: boolean;
  /** The column that the sequence goes with; null when none. */
  readonly ownedBy: string | null;
  readonly isIdentity: boolean;
  readonly feeds: readonly FedColumn[];
};

export type LargeObject = {
  readonly oid: number;
  /** Null when the role may not read it, or when all together are too large to be read. */
  readonly contents: string | null;
  /** Of owner and privileges. */
  readonly rights: string;
};

export type OutsideTables = {
  readonly sequences: readonly SequenceState[];
  /** Names of sequences that the role may not read. */
  readonly unreadSequences: readonly string[];
  readonly largeObjects: readonly LargeObject[];
};

/** Two moments of a database. */
export type OutsideBetween = { readonly before: OutsideTables; readonly after: OutsideTables };
