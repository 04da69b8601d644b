/** Keeps the records in one file, which is always complete, whenever the process was killed. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { adviceFor } from '#local/postgres/failure-advice';
import type { BranchRecord, OperationRecord, SimulatorRecords } from './records';

/** A run makes about a dozen operations; a longer history is of no use. */
const keptOperations = 200;

export type RecordFile = {
  current(): SimulatorRecords;
  /** Branches are written before it returns, so that later steps can rely on the record after a crash. */
  addBranch(branch: BranchRecord): void;
  /** No error when there is no such branch. */
  changeBranch(id: string, patch: Partial<BranchRecord>): void;
  removeBranch(id: string): void;
  /** Several at once: after a crash either all changes are there or none. */
  changeBranches(patch: (branches: readonly BranchRecord[]) => readonly BranchRecord[]): void;
  /** Never throws: an operation's outcome is readable even when the disk is full. */
  addOperations(operations: readonly OperationRecord[]): void;
  /** Never throws. */
  changeOperation(id: string, patch: Partial<OperationRecord>): void;
};

/** Null when there is no file yet. Throws when it cannot be read or is not ours. */
export const readRecords = (file: string): SimulatorRecords | null => {
  try {
    const records = JSON.parse(readFileSync(file, 'utf8')) as SimulatorRecords;
    if (records.format !== 1) throw new Error(`it has format ${records.format}, expected 1`);
    return records;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const words = (cause as Error).message;
    throw new Error(
      `the local platform's records ${file} cannot be read: ${words}${adviceFor(words) || '; remove the folder to start again'}`,
      { cause },
    );
  }
};

const writeRecords = (file: string, records: SimulatorRecords) => {
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, JSON.stringify(records, null, 2), { mode: 0o600 });
  renameSync(unfinished, file);
};

const patched = <T extends { readonly id: string }>(list: readonly T[], id: string, patch: Partial<T>): readonly T[] =>
  list.map((entry) => (entry.id === id ? { ...entry, ...patch } : entry));

export const openRecordFile = (file: string, records: SimulatorRecords): RecordFile => {
  let latest = records;
  const changeBranches: RecordFile['changeBranches'] = (patch) => {
    const next = { ...latest, branches: patch(latest.branches) };
    writeRecords(file, next);
    latest = next;
  };
  // Not written = the next start treats the operation as interrupted, like every unfinished one.
  const changeOperations = (patch: (list: readonly OperationRecord[]) => readonly OperationRecord[]) => {
    latest = { ...latest, operations: patch(latest.operations).slice(-keptOperations) };
    try {
      writeRecords(file, latest);
    } catch {
      // The next change writes it.
    }
  };
  writeRecords(file, latest);
  return {
    current: () => latest,
    changeBranches,
    addBranch: (branch) => changeBranches((list) => [...list, branch]),
    changeBranch: (id, patch) => changeBranches((list) => patched(list, id, patch)),
    removeBranch: (id) => changeBranches((list) => list.filter((branch) => branch.id !== id)),
    addOperations: (operations) => changeOperations((list) => [...list, ...operations]),
    changeOperation: (id, patch) => changeOperations((list) => patched(list, id, patch)),
  };
};
