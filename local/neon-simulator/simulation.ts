/** What the parts of the simulator share. */
import path from 'node:path';
import type { Clock } from '#lambdas/ports/ports';
import type { PostgresBinaries } from '#local/postgres/binaries';
import type { Computes } from './computes';
import type { Operations } from './operations';
import type { RecordFile } from './record-file';
import type { BranchRecord } from './records';
import { refusals } from './refusal';

export type Simulation = {
  readonly home: string;
  /** Holds the data directories. */
  readonly branchFolder: string;
  readonly binaries: PostgresBinaries;
  readonly clock: Clock;
  readonly records: RecordFile;
  readonly computes: Computes;
  readonly operations: Operations;
};

export const branchesOf = ({ records }: Simulation): readonly BranchRecord[] => records.current().branches;

export const dataDirectoryOf = ({ branchFolder }: Simulation, branch: Pick<BranchRecord, 'directory'>): string =>
  path.join(branchFolder, branch.directory);

/** Throws the refusal 404. */
export const branchNamed = (simulation: Simulation, id: string): BranchRecord => {
  const branch = branchesOf(simulation).find((each) => each.id === id);
  if (!branch) throw refusals.notFound('branch');
  return branch;
};
