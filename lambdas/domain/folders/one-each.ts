/** Files by their version, each once: of two with the same version no tool knows which to apply. */
import { MigrationRefused } from '#domain/errors';
import type { FolderFile } from './folder';

type ByVersion = ReadonlyMap<string, FolderFile>;

/** The files by their version. Errors: MigrationRefused for two with the same one. */
export const oneEach = (files: readonly FolderFile[], versionOf: (file: FolderFile) => string): ByVersion => {
  const byVersion = new Map<string, FolderFile>();
  for (const file of files) {
    const earlier = byVersion.get(versionOf(file));
    if (earlier)
      throw new MigrationRefused(
        `${earlier.path} and ${file.path} have the same version; expected each version once. Rename one of them`,
      );
    byVersion.set(versionOf(file), file);
  }
  return byVersion;
};

/** Ways back that no way forward belongs to. */
export const orphanNotes = (forwards: ByVersion, back: ByVersion): readonly string[] =>
  [...back]
    .filter(([version]) => !forwards.has(version))
    .map(([, { path }]) => `${path} rolls back a migration that is not in the folder: it is not run`);
