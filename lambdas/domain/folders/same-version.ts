/** Files that have the same version: applied ones cannot be renamed, so they are taken in an order and named. */
import type { FolderFile, FolderNote } from './folder';

/**
 * A note for each version that several files have. `byTool` says what the tool itself does then, as the end of a sentence.
 *
 * @example
 * sameVersions(files, keyOf, 'goose itself refuses them')
 * // [{ says: 'the same version, taken in the order of their names (goose itself refuses them)', name: '1_a.sql and 01_b.sql' }]
 */
export const sameVersions = (
  files: readonly FolderFile[],
  versionOf: (file: FolderFile) => string | null,
  byTool: string,
): readonly FolderNote[] => {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const version = versionOf(file);
    if (version !== null) groups.set(version, [...(groups.get(version) ?? []), file.path]);
  }
  return [...groups.values()]
    .filter((paths) => paths.length > 1)
    .map((paths) => ({
      says: `the same version, taken in the order of their names (${byTool})`,
      name: paths.toSorted().join(' and '),
    }));
};

/** Ways back that no way forward belongs to. */
export const orphanNotes = (files: readonly FolderFile[]): readonly FolderNote[] =>
  files.map(({ path }) => ({ says: 'rolls back a migration that is not in the folder, so it is not run', name: path }));
