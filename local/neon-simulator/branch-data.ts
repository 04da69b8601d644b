/** The data directories of branches: made as copies, removed whole. */
import { rm } from 'node:fs/promises';
import { copyStopped } from './data-copy';
import { copyOnline } from './online-copy';
import type { BranchRecord } from './records';
import { dataDirectoryOf, type Simulation } from './simulation';

type BranchDirectory = Pick<BranchRecord, 'directory'>;

export const removeData = async (simulation: Simulation, branch: BranchDirectory) => {
  const directory = dataDirectoryOf(simulation, branch);
  await rm(directory, { recursive: true, force: true });
  await rm(`${directory}.log`, { force: true });
};

/**
 * Copies a branch's data, online when its server runs. Returns the log position, null where the server does not run and has
 * none. When the copy fails, it removes what it made.
 */
export const copyData = async (
  simulation: Simulation,
  source: BranchRecord,
  target: BranchDirectory,
): Promise<string | null> => {
  const [from, to] = [dataDirectoryOf(simulation, source), dataDirectoryOf(simulation, target)];
  const { runAs } = simulation.binaries;
  const connection = simulation.computes.connection(source.id);
  try {
    if (connection) return await copyOnline({ directory: from, connection }, to, runAs);
    await copyStopped(from, to, runAs);
    return null;
  } catch (error) {
    await removeData(simulation, target);
    throw error;
  }
};
