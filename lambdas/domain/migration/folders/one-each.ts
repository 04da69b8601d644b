/** Each version once: of two files with the same one no tool could tell which to apply. */
import { MigrationRefused } from '../../errors';
import type { FolderFile } from './folder';

/** The files by their version. Errors: MigrationRefused for two with the same one. */
export const oneEach = (
  files: readonly FolderFile[],
  versionOf: (file: FolderFile) => string,
): ReadonlyMap<string, FolderFile> => {
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
