/** One SQL statement of a file, exactly as written. */
export type SqlStatement = {
  /** 0-based position in its section. */
  readonly index: number;
  /** The bytes of the statement without the trailing semicolon. */
  readonly sql: string;
  /** 1-based line in the migration file where the statement's first token stands. */
  readonly line: number;
  /** libpg-query's node type, for example `CreateStmt`. */
  readonly kind: string;
  /**
   * The syntax tree node, as libpg-query gives it: `{ CreateStmt: {…} }`; every `location` in it is a byte offset into
   * `sql`.
   */
  readonly node: Readonly<Record<string, unknown>>;
  /** The comment lines right above the statement, or behind it on its last line; empty when uncommented. */
  readonly comment: string;
};

/** A migration file, taken apart. */
export type Migration = {
  readonly fileName: string;
  /** Digits as written, for example `001`. */
  readonly version: string;
  /** The words of the file name behind the version, for example `create_jobs`. */
  readonly description: string;
  /** sha256 (hex) of the file's bytes. */
  readonly sha256: string;
  /** The `Purpose:` comment at the top of the file; null when there is none. */
  readonly purpose: string | null;
  readonly statements: readonly SqlStatement[];
  /** The rollback's SQL as extracted from the comments. */
  readonly rollback: {
    readonly sql: string;
    readonly sha256: string;
    /** Lines count in the migration file. */
    readonly statements: readonly SqlStatement[];
  };
  /** Another tool's form; missing for our own. Its rollback may have no statements: there is no way back then. */
  readonly form?: { readonly id: string; readonly name: string };
};
