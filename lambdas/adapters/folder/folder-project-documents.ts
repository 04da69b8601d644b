/** Documents of the migrations' project, in its own folder: `docs/decisions.md`, `docs/schema.md`, `ops/postmortems/…`. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StoreFailed } from '../../domain/errors';
import type { ProjectDocuments } from '../../ports';

/** Errors: StoreFailed. */
export const createFolderProjectDocuments = (projectDirectory: string): ProjectDocuments => {
  const failed = (name: string, cause: NodeJS.ErrnoException) =>
    new StoreFailed(`${name} in ${projectDirectory} could not be written or read (${cause.code})`, { cause });
  return {
    read: (name) =>
      readFile(path.join(projectDirectory, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return null;
        throw failed(name, cause);
      }),
    write: async (name, text) => {
      const file = path.join(projectDirectory, name);
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(`${file}.${process.pid}`, text);
        await rename(`${file}.${process.pid}`, file);
      } catch (cause) {
        throw failed(name, cause as NodeJS.ErrnoException);
      }
      return name;
    },
  };
};
