/** Reads a folder of migrations as runs will read it, and refuses what a run would refuse, with all flaws at once. */
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { parseChecks } from '#domain/checks/parse-checks';
import { ChecklistError, InvalidInput, MigrationRefused } from '#domain/errors';
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

const readFile = async (source: MigrationSource, name: string): Promise<readonly MigrationFile[]> => {
  const bytes = await source.read(name);
  return bytes ? [{ name, bytes, sha256: sha256Of(bytes), textSha256: textSha256Of(bytes) }] : [];
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

/** Migrations and their checks files. Errors: InvalidInput, MigrationRefused with every flaw on a line of its own. */
export const readMigrations = async (directory: string): Promise<readonly MigrationFile[]> => {
  const source = createFolderMigrationSource(directory);
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
