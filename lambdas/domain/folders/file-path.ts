/** Names of files and folders, and the orders that the tools put them in. */
import type { FolderFile } from './folder';

/** The last part of a path. */
export const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of a file, without what is above it; null for a file that lies in the migrations' folder itself. */
export const folderOf = (path: string): string | null => path.split('/').at(-2) ?? null;

/** True for a file that lies in the migrations' folder itself. */
export const isAtTop = ({ path }: FolderFile): boolean => !path.includes('/');

/** The name of a migration that is one SQL file. */
export const nameOf = (path: string): string => fileNameOf(path).replace(/\.sql$/, '');

export type Order = (one: string, other: string) => number;

/** By code units, as Go, Rust and Node sort names. */
export const byName: Order = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** The digits that a name begins with; null when it begins with none. */
export const versionOf = (name: string): bigint | null => {
  const digits = /^\d+/.exec(name)?.[0];
  return digits === undefined ? null : BigInt(digits);
};

/** `2_a` before `10_b`; names without a version come last, by name. */
export const byVersion: Order = (one, other) => {
  const [first, second] = [versionOf(one), versionOf(other)];
  if (first === null || second === null) return first === second ? byName(one, other) : first === null ? 1 : -1;
  return first < second ? -1 : first > second ? 1 : byName(one, other);
};
