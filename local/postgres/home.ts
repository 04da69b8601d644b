/** Chooses where PostgreSQL's files live, so that the user it runs as can reach them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { giveTo, type RunAs } from './run-as';

const run = promisify(execFile);

const canEnter = async (runAs: NonNullable<RunAs>, directory: string) => {
  try {
    await run('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', directory], { ...runAs, cwd: '/' });
    return true;
  } catch {
    return false;
  }
};

/**
 * In a folder that everyone may write, another user may have planted our name: as a link, or as a folder that they can change.
 */
const makeInSharedFolder = async (runAs: NonNullable<RunAs>, directory: string) => {
  await mkdir(directory, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(directory);
  if (!found.isDirectory() || ![0, runAs.uid].includes(found.uid))
    throw new Error(
      `${directory} belongs to user ${found.uid} or is no folder, expected a folder of ours: remove it, or set TMPDIR to another place`,
    );
  await giveTo(runAs, directory);
};

/** Beside nothing else in the wanted folder: says where the data directories are instead. */
const noteIn = (wanted: string) => path.join(wanted, 'elsewhere');

const elsewhereOf = (wanted: string) => {
  const name = createHash('sha256').update(path.resolve(wanted)).digest('hex').slice(0, 12);
  return path.join(tmpdir(), `migration-checklist-${name}`);
};

/** Where the data directories of that wanted folder lie, if not there; null when they do. */
export const readElsewhere = async (wanted: string): Promise<string | null> =>
  readFile(noteIn(wanted), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );

/**
 * A folder for data directories: the wanted one, or, when the project lies below a folder that the user `nobody` may not
 * enter, one of the system's temporary folder whose name is derived from the wanted path, so the next start finds it again. It goes with the wanted one: where that is new, what an earlier one has left elsewhere is removed.
 */
export const makePostgresHome = async (wanted: string, runAs: RunAs): Promise<string> => {
  const isNew = (await mkdir(wanted, { recursive: true, mode: 0o755 })) !== undefined;
  if (!runAs) return wanted;
  await giveTo(runAs, wanted);
  if (await canEnter(runAs, wanted)) return wanted;
  const elsewhere = elsewhereOf(wanted);
  await makeInSharedFolder(runAs, elsewhere);
  if (isNew) {
    // A server that is left there ends by itself within a minute when its data directory is gone.
    await rm(elsewhere, { recursive: true, force: true });
    await makeInSharedFolder(runAs, elsewhere);
  }
  if (await canEnter(runAs, elsewhere)) {
    await writeFile(noteIn(wanted), `${elsewhere}\n`);
    return elsewhere;
  }
  throw new Error(
    `PostgreSQL must not run as root, and the user nobody can enter neither ${wanted} nor ${elsewhere}; start as an ordinary user`,
  );
};
