/** A folder of migrations in another tool's form, as runs take it. */
import { MigrationRefused } from '#domain/errors';
import { parseFileName } from '#domain/migration/file-name';
import { formNamed } from './all-forms';
import type { FolderFile, MigrationFolder } from './folder';
import { numbered } from './numbered';
import { isInChecksFolder, type SourceMigration, sourceMigrationsOf } from './origin';
import { ours } from './ours';
import { type Recognition, recogniseIfAny } from './recognise';

export type OtherFolder = {
  /** Its id, as `--form` has it. */
  readonly form: string;
  readonly formName: string;
  /** In the order of the tool. */
  readonly migrations: readonly SourceMigration[];
  readonly notes: readonly string[];
};

const isNameOfOurs = (fileName: string) => {
  try {
    parseFileName(fileName);
    return true;
  } catch (error) {
    if (error instanceof MigrationRefused) return false;
    throw error;
  }
};

/** Numbered files without a way back are ours that lack one, as long as every name could be ours; `--form numbered` says otherwise. */
const isOurs = ({ formId, migrations }: MigrationFolder, wanted: string | null) =>
  formId === ours.id ||
  (wanted === null && formId === numbered.id && migrations.every(({ up }) => isNameOfOurs(up.fileName)));

/**
 * Null where the folder is in our own form, or in none: then our own reader says what is wrong with its files. Errors: InvalidInput
 * for several forms, and where the named one is not there.
 */
export const otherFolderIn = (
  files: readonly FolderFile[],
  deeper: readonly string[],
  recognition: Recognition,
): OtherFolder | null => {
  const { form: wanted = null } = recognition;
  if (wanted !== null && formNamed(wanted) === ours) return null;
  const own = files.filter((file) => !isInChecksFolder(file));
  const folder = recogniseIfAny(own, deeper, recognition);
  if (!folder || isOurs(folder, wanted)) return null;
  return {
    form: folder.formId,
    formName: folder.form,
    migrations: sourceMigrationsOf(folder, own),
    notes: folder.notes,
  };
};
