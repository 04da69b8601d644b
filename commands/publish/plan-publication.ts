/** Plans what publishing a folder of migrations changes in the store. */

export type PublishedFile = {
  readonly name: string;
  /** Hex, of the file's bytes. */
  readonly sha256: string;
  /** Of the text without its line ends and byte order mark, hex. */
  readonly textSha256?: string;
};

export type Publication = {
  readonly name: string;
  /** `gone` = published earlier and not in the folder any more. */
  readonly change: 'new' | 'changed' | 'unchanged' | 'gone';
};

const byName = (a: Publication, b: Publication) => a.name.localeCompare(b.name, 'en', { numeric: true });

/** One entry per name of either side, by version. */
export const planPublication = (
  folder: readonly PublishedFile[],
  published: readonly PublishedFile[],
): readonly Publication[] => {
  const earlier = new Map(published.map((file) => [file.name, file]));
  const present = new Set(folder.map(({ name }) => name));
  const kept = folder.map(({ name, sha256, textSha256 }): Publication => {
    const before = earlier.get(name);
    if (before === undefined) return { name, change: 'new' };
    // The published bytes stay: runs may have applied them.
    const isSameText = textSha256 !== undefined && before.textSha256 === textSha256;
    return { name, change: before.sha256 === sha256 || isSameText ? 'unchanged' : 'changed' };
  });
  const gone = published
    .filter(({ name }) => !present.has(name))
    .map(({ name }): Publication => ({ name, change: 'gone' }));
  return [...kept, ...gone].sort(byName);
};
