/** Chooses where PostgreSQL's files live, so that the user it runs as can reach them. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { giveTo, type RunAs } from './binaries';

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
 * A folder for data directories: the wanted one, or, when the project lies below a folder that the user `nobody` may not
 * enter, one of the system's temporary folder whose name is derived from the wanted path, so the next start finds it again.
 */
export const makePostgresHome = async (wanted: string, runAs: RunAs): Promise<string> => {
  await mkdir(wanted, { recursive: true, mode: 0o755 });
  if (!runAs) return wanted;
  await giveTo(runAs, wanted);
  if (await canEnter(runAs, wanted)) return wanted;
  const name = createHash('sha256').update(path.resolve(wanted)).digest('hex').slice(0, 12);
  const elsewhere = path.join(tmpdir(), `migration-checklist-${name}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  await giveTo(runAs, elsewhere);
  if (await canEnter(runAs, elsewhere)) return elsewhere;
  throw new Error(
    `PostgreSQL must not run as root, and the user nobody can enter neither ${wanted} nor ${elsewhere}; start as an ordinary user`,
  );
};
