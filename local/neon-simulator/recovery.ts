/** Cleans up what a killed simulator left behind. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { stopLeftover } from '#local/postgres/leftover';
import { removeData } from './branch-data';
import { branchesOf, type Simulation } from './simulation';

const forgetUnfinished = ({ records }: Simulation) => {
  for (const { id, phase } of records.current().branches) {
    if (phase === 'creating') records.removeBranch(id);
    // Until a restore is complete the record names the old data, which is unchanged; afterwards it names the new data.
    if (phase === 'resetting') records.changeBranch(id, { phase: 'ready' });
  }
  for (const { id, status } of records.current().operations)
    if (status === 'scheduling' || status === 'running')
      records.changeOperation(id, { status: 'failed', error: 'the local platform was stopped meanwhile' });
};

const removeUnknownData = async (simulation: Simulation) => {
  const known = new Set(branchesOf(simulation).map(({ directory }) => directory));
  const entries = await readdir(simulation.branchFolder, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !known.has(entry.name))) {
    await stopLeftover(path.join(simulation.branchFolder, name));
    await removeData(simulation, { directory: name });
  }
};

/** Afterwards every branch is complete, no data exists without a branch, and no server runs that we did not start. */
export const recover = async (simulation: Simulation) => {
  forgetUnfinished(simulation);
  const known = branchesOf(simulation).map(({ directory }) => path.join(simulation.branchFolder, directory));
  await Promise.all(known.map(stopLeftover));
  await removeUnknownData(simulation);
};
