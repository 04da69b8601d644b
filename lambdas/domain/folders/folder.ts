/** A folder of migrations, whatever tool it was written for: each with what goes forward and what goes back. */

export type FolderFile = {
  /** Below the folder, parts joined by `/`. */
  readonly path: string;
  readonly bytes: Buffer;
};

/** A stretch of a file's SQL. */
export type ScriptPart = {
  readonly text: string;
  /** 1-based line of the file at which the text begins. */
  readonly line: number;
  /** The file says that this is sent to the server in one piece, whatever semicolons it has. */
  readonly isOnePiece: boolean;
};

export type Script = {
  readonly fileName: string;
  readonly parts: readonly ScriptPart[];
  /** False when the file, or one beside it, says that it must not run in a transaction. */
  readonly inTransaction: boolean;
  /** Why the file cannot be run at all, with its name and line; null when it can. */
  readonly problem: string | null;
};

export type FolderMigration = {
  /** By which people and `--from` know it: a file's or folder's name without its endings. */
  readonly name: string;
  readonly up: Script;
  /** Null when there is nothing to go back with. */
  readonly down: Script | null;
};

export type MigrationFolder = {
  /** The form's name, for people. */
  readonly form: string;
  /** In the order in which the tool would apply them. */
  readonly migrations: readonly FolderMigration[];
  /** What is in the folder and is not run, a sentence each. */
  readonly notes: readonly string[];
};

/** One way of writing migrations down. */
export type FolderForm = {
  readonly name: string;
  /** True when the file is a part of this form: by its name, or by the markers in it. */
  readonly claims: (file: FolderFile, text: string) => boolean;
  /** Of claimed files. Errors: MigrationRefused where the tool itself would not know what to apply. */
  readonly read: (files: readonly FolderFile[]) => Pick<MigrationFolder, 'migrations' | 'notes'>;
};
