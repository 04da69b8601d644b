/** The user of PostgreSQL's processes: it refuses to run as root. */
import { chown } from 'node:fs/promises';

/** Null = the user we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** `nobody`. initdb asks the system for the user's name, so the id must be one that exists: macOS numbers it -2. */
const nobodyId: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 4_294_967_294 };

export const runAsForThisProcess = (): RunAs => {
  if (process.getuid?.() !== 0) return null;
  const id = nobodyId[process.platform] ?? 65_534;
  return { uid: id, gid: id };
};

/** Gives a file or folder to the user that PostgreSQL runs as. */
export const giveTo = async (runAs: RunAs, file: string) => {
  if (runAs) await chown(file, runAs.uid, runAs.gid);
};
