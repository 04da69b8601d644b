/** Where runs on this machine keep what they leave, below the folder that the command was started in. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const home = '.local';
const projects = path.join(home, 'projects');

/** `null` is the samples on the embedded database; every other project and target has a name of its own. */
export const stateDirectoryNamed = (project: string | null): string =>
  path.resolve(project === null ? home : path.join(projects, project));

export const storeIn = (stateDirectory: string): string => path.join(stateDirectory, 'store');

/** Those that are there, the samples' own first; relative, as a person would type them. */
export const listStores = (): readonly string[] =>
  [
    home,
    ...(existsSync(projects)
      ? readdirSync(projects)
          .sort()
          .map((name) => path.join(projects, name))
      : []),
  ]
    .map(storeIn)
    .filter((store) => existsSync(store));
