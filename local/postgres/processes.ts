/** Asks the system about processes that are not our children. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const askPs = async (column: string, processId: number) => {
  try {
    return (await run('ps', ['-o', `${column}=`, '-p', String(processId)])).stdout.trim() || null;
  } catch {
    return null;
  }
};

// Slim container images have no ps, so on Linux /proc answers.
const askProc = async (file: string, processId: number) =>
  (await readFile(`/proc/${processId}/${file}`, 'utf8').catch(() => '')) || null;

/** The command line, arguments parted by spaces; null when there is no such process (one that only waits to be reaped is none). */
export const commandOf = async (processId: number): Promise<string | null> =>
  process.platform === 'linux'
    ? ((await askProc('cmdline', processId))?.replaceAll('\0', ' ').trim() ?? null)
    : askPs('command', processId);

/** Z: killed, and its parent has not asked yet how it ended. X: on its way out. Neither runs any more. */
const isDeadState = (state: string | undefined) => state === 'Z' || state === 'X' || state === 'x';

/**
 * A word that distinguishes a process from a later one with the same id: its start time. Null when there is no such
 * process, also when it is dead and only waits to be reaped. On Linux it counts from boot, in clock ticks (proc_pid_stat(5), fields
 * 3 and 22).
 */
export const startOf = async (processId: number): Promise<string | null> => {
  if (process.platform !== 'linux') {
    const state = await askPs('stat', processId);
    return isDeadState(state?.[0]) ? null : askPs('lstart', processId);
  }
  const stat = await askProc('stat', processId);
  // Field 2 is the program's name in parentheses and may hold spaces: count from behind it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return isDeadState(fields[0]) ? null : (fields[19] ?? null);
};

/** Sends a signal; no error when the process is gone. */
export const signal = (processId: number, name: NodeJS.Signals) => {
  try {
    process.kill(processId, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
