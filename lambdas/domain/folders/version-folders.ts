/** One level of folders named by versions above the migrations: `v1/001_a.sql`, `2.0/001_b.sql`. */
import type { FolderFile } from './folder';

type VersionFolder = {
  readonly folder: string;
  /** Their paths begin below the folder. */
  readonly files: readonly FolderFile[];
};

/** The numbers of `v1.12` or `release-2`; none for a folder that is named otherwise. */
const numbersIn = (name: string): readonly bigint[] =>
  /^(?:[a-z]+[-_]?)?\d+(?:[._-]\d+)*(?:[-_ ].*)?$/i.test(name) ? (name.match(/\d+/g) ?? []).map(BigInt) : [];

const compare = (one: readonly bigint[], other: readonly bigint[]): number => {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [first, second] = [one[index] ?? -1n, other[index] ?? -1n];
    if (first !== second) return first < second ? -1 : 1;
  }
  return 0;
};

/** The folders in the order of their versions, and the files that lie in none of them. */
export const splitByVersion = (
  files: readonly FolderFile[],
): { readonly versions: readonly VersionFolder[]; readonly others: readonly FolderFile[] } => {
  const folders = new Map<string, FolderFile[]>();
  const others: FolderFile[] = [];
  for (const { path, bytes } of files) {
    const at = path.indexOf('/');
    const folder = path.slice(0, Math.max(at, 0));
    if (numbersIn(folder).length === 0) others.push({ path, bytes });
    else folders.set(folder, [...(folders.get(folder) ?? []), { path: path.slice(at + 1), bytes }]);
  }
  const versions = [...folders]
    .map(([folder, inside]) => ({ folder, files: inside }))
    .sort((one, other) => compare(numbersIn(one.folder), numbersIn(other.folder)));
  return { versions, others };
};
