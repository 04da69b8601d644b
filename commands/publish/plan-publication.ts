/** Plans what publishing a folder of migrations changes in the store. */

export type PublishedFile = {
  readonly name: string;
  /** Hex, of the file's bytes. */
  readonly sha256: string;
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
  const earlier = new Map(published.map(({ name, sha256 }) => [name, sha256]));
  const present = new Set(folder.map(({ name }) => name));
  const kept = folder.map(({ name, sha256 }): Publication => {
    const before = earlier.get(name);
    return { name, change: before === undefined ? 'new' : before === sha256 ? 'unchanged' : 'changed' };
  });
  const gone = published
    .filter(({ name }) => !present.has(name))
    .map(({ name }): Publication => ({ name, change: 'gone' }));
  return [...kept, ...gone].sort(byName);
};
