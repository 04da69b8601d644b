/** A folder of migrations, whatever tool it was written for: each with what goes forward and what goes back. */

export type FolderFile = {
  /** Below the folder, parts joined by `/`. */
  readonly path: string;
  /** Empty for programs, of which only the name matters. */
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
  /** 1-based line of the problem; null or missing when it belongs to none. */
  readonly problemLine?: number | null;
};

export type FolderMigration = {
  /** By which people and `--from` know it: a file's or folder's name without its endings. */
  readonly name: string;
  readonly up: Script;
  /** Null when there is nothing to go back with. */
  readonly down: Script | null;
};

/** Something to say of a file; what is said of several files is said once, with their names. */
export type FolderNote = { readonly says: string; readonly name: string };

export type ReadMigrations = {
  /** In the order in which the tool would apply them. */
  readonly migrations: readonly FolderMigration[];
  readonly notes: readonly FolderNote[];
};

export type MigrationFolder = {
  /** The form's name, for people. */
  readonly form: string;
  /** By which `--form` knows it. */
  readonly formId: string;
  readonly migrations: readonly FolderMigration[];
  /** What is in the folder and is not run, and what its tool would do otherwise: a sentence each. */
  readonly notes: readonly string[];
  /** Tables in which the form's tools keep what is applied, without a schema. */
  readonly ownTables: readonly string[];
};

/** One way of writing migrations down. */
export type FolderForm = {
  /** For `--form`. */
  readonly id: string;
  readonly name: string;
  /** The files that show that the folder is in this form: by their names, their places or what they say. */
  readonly showing: (files: readonly FolderFile[], location: string) => readonly FolderFile[];
  /** Files that the tool takes as well once the form is known, though nothing in them shows it. */
  readonly takesToo?: (file: FolderFile) => boolean;
  /** Of the files that it takes. Errors: InvalidInput where the tool itself would not know what to apply. */
  readonly read: (files: readonly FolderFile[]) => ReadMigrations;
  readonly ownTables: readonly string[];
};
