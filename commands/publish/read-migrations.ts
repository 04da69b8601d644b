/** Reads a folder of migrations as runs will read it, and refuses what a run would refuse, with all flaws at once. */
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { readFolder } from '#adapters/folder/read-folder';
import { parseChecks } from '#domain/checks/parse-checks';
import { ChecklistError, InvalidInput, MigrationRefused } from '#domain/errors';
import type { FolderFile } from '#domain/folders/folder';
import type { OtherFolder } from '#domain/folders/others';
import { formFileName, formFileOf } from '#domain/folders/published-form';
import { orderMigrations } from '#domain/ledger/order-migrations';
import { checksFileNameOf, isChecksFileName } from '#domain/migration/file-name';
import { parseMigration } from '#domain/migration/parse-migration';
import { textSha256Of } from '#domain/migration/same-text';
import { sha256Of } from '#domain/sha256';
import type { MigrationSource } from '#lambdas/ports/store';

export type MigrationFile = {
  readonly name: string;
  readonly bytes: Buffer;
  /** Hex. */
  readonly sha256: string;
  /** Of the text without its line ends and byte order mark, hex. */
  readonly textSha256: string;
};

const fileOf = (name: string, bytes: Buffer): MigrationFile => ({
  name,
  bytes,
  sha256: sha256Of(bytes),
  textSha256: textSha256Of(bytes),
});

const readFile = async (source: MigrationSource, name: string): Promise<readonly MigrationFile[]> => {
  const bytes = await source.read(name);
  return bytes ? [fileOf(name, bytes)] : [];
};

const flawOf = async ({ name, bytes }: MigrationFile): Promise<readonly string[]> => {
  try {
    await (isChecksFileName(name) ? parseChecks(name, bytes) : parseMigration(name, bytes));
    return [];
  } catch (error) {
    if (error instanceof ChecklistError) return [error.message];
    throw error;
  }
};

/** Names that the bucket takes as they are. */
const isKey = (name: string) => /^[\w.-]+(?:\/[\w.-]+)*$/.test(name);

const flawOfName = ({ path }: FolderFile): readonly string[] =>
  isKey(path)
    ? []
    : [`${path}: the name has other characters than letters, digits, "_", "-" and "."; expected none. Rename the file`];

/**
 * All that the form's reader may ask for, and which form it is. The migrations themselves are not parsed: what was applied long ago may
 * hold what no run would take, and a run says so when it is a migration's turn.
 */
const readOtherForm = async (directory: string, others: OtherFolder): Promise<readonly MigrationFile[]> => {
  const { files } = await readFolder(directory);
  const own = files.filter(({ bytes }) => bytes.length > 0);
  const flaws = own.flatMap(flawOfName);
  if (flaws.length > 0)
    throw new MigrationRefused(`nothing was published.\n${flaws.map((flaw) => `  ${flaw}`).join('\n')}`);
  return [
    ...own.map(({ path, bytes }) => fileOf(path, bytes)),
    fileOf(formFileName, Buffer.from(formFileOf(others.form))),
  ];
};

/** Migrations and their checks files. Errors: InvalidInput, MigrationRefused with every flaw on a line of its own. */
export const readMigrations = async (
  directory: string,
  form: string | null = null,
): Promise<readonly MigrationFile[]> => {
  const source = createFolderMigrationSource(directory, form);
  const others = await source.readOthers();
  if (others) return readOtherForm(directory, others);
  const names = await source.list();
  if (names.length === 0)
    throw new InvalidInput(`there is no migration in ${directory}; name the folder with --migrations`);
  const files = (
    await Promise.all(names.flatMap((name) => [name, checksFileNameOf(name)]).map((name) => readFile(source, name)))
  ).flat();
  const flaws = (await Promise.all(files.map(flawOf))).flat();
  const order = orderMigrations(
    files.filter(({ name }) => !isChecksFileName(name)).map(({ name, sha256 }) => ({ fileName: name, sha256 })),
    [],
  );
  const twice = order.refusals.filter(({ rule }) => rule === 'version-used-twice').map(({ message }) => message);
  const all = [...flaws, ...twice];
  if (all.length > 0)
    throw new MigrationRefused(`nothing was published.\n${all.map((flaw) => `  ${flaw}`).join('\n')}`);
  return files;
};
