/** Ends a server that an earlier, killed process of ours left running. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, signal } from './processes';

// Fast shutdown writes everything first; immediate shutdown leaves that to recovery; a process cannot ignore the last signal.
const escalation: readonly { readonly name: NodeJS.Signals; readonly patienceMs: number }[] = [
  { name: 'SIGINT', patienceMs: 20_000 },
  { name: 'SIGQUIT', patienceMs: 5_000 },
  { name: 'SIGKILL', patienceMs: 5_000 },
];

// As server.ts starts it: the data directory is between these two options.
const isServerOf = (command: string | null, directory: string) =>
  command?.includes(`postgres -D ${directory} -p `) ?? false;

const end = async (processId: number, directory: string) => {
  for (const { name, patienceMs } of escalation) {
    signal(processId, name);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!isServerOf(await commandOf(processId), directory)) return;
      // Not our child: the system has no event for its end.
      await sleep(20);
    }
  }
  throw new Error(
    `PostgreSQL's process ${processId}, left over in ${directory}, does not end; end it by hand and start again`,
  );
};

/** Afterwards no server runs in this data directory, and no stale `postmaster.pid` keeps the next one from starting. */
export const stopLeftover = async (directory: string) => {
  const pidFile = path.join(directory, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => null);
  const processId = Number(text?.split('\n')[0]);
  if (!Number.isInteger(processId) || processId <= 0) return;
  const command = await commandOf(processId);
  if (isServerOf(command, directory)) await end(processId, directory);
  // Another program has the id since a restart of the machine: PostgreSQL would mistake it for its own server.
  else if (command !== null) await rm(pidFile, { force: true });
};
