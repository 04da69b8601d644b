/** Documents of the migrations' project, in its own folder: `docs/decisions.md`, `docs/schema.md`, `ops/postmortems/…`. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StoreFailed } from '#domain/errors';
import type { ProjectDocuments } from '#lambdas/ports/people';

/** `elsewhere` are files of other folders under the names by which they are asked for. Errors: StoreFailed. */
export const createFolderProjectDocuments = (
  projectDirectory: string,
  elsewhere: Readonly<Record<string, string>> = {},
): ProjectDocuments => {
  const failed = (name: string, cause: NodeJS.ErrnoException) =>
    new StoreFailed(`${name} in ${projectDirectory} could not be written or read (${cause.code})`, { cause });
  const fileOf = (name: string) => {
    const file = path.join(projectDirectory, name);
    if (!file.startsWith(path.join(projectDirectory, path.sep)))
      throw new StoreFailed(`"${name}" leads out of the project; expected a name below ${projectDirectory}`);
    return file;
  };
  return {
    read: async (name) =>
      readFile(elsewhere[name] ?? fileOf(name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return null;
        throw failed(name, cause);
      }),
    write: async (name, text) => {
      const file = fileOf(name);
      const aside = `${file}.${process.pid}`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(aside, text);
        await rename(aside, file);
      } catch (cause) {
        await rm(aside, { force: true }).catch(() => undefined);
        throw failed(name, cause as NodeJS.ErrnoException);
      }
      return name;
    },
  };
};
