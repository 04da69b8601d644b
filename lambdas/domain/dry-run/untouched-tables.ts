/** Holds the tables that no statement has locked for writing against what they held before. */
import { partsOf } from '#domain/catalog/identifiers';
import { lockModes } from '#domain/locks/lock-modes';
import type { TableContents } from '#domain/tables/contents';
import { pairTables } from '#domain/tables/counterparts';
import type { StatementRun } from './measured';

export type UntouchedTables = {
  /** How many have the same checksum as before. */
  readonly equal: number;
  /** Those that have another one, though nothing was seen to touch them. */
  readonly differing: readonly string[];
  /** How many rows the equal ones hold together; neither this nor the next in documents of version 0.2.0 and before. */
  readonly rows?: number;
  /** Those that were too large to be read. */
  readonly notCompared?: readonly string[];
};

/** The modes that writing needs, and all that are stronger. */
const writingModes: readonly string[] = lockModes.slice(lockModes.indexOf('RowExclusiveLock'));

/**
 * Compares the checksums of the tables that no statement has locked for writing.
 *
 * @example
 * compareUntouched(statements, contentsBefore, contentsAfter) // { equal: 2, rows: 70, differing: [], notCompared: [] }
 */
export const compareUntouched = (
  statements: readonly Pick<StatementRun, 'locks'>[],
  before: readonly TableContents[],
  after: readonly TableContents[],
): UntouchedTables => {
  const touched = new Set(
    statements.flatMap(({ locks }) =>
      locks.filter(({ mode }) => writingModes.includes(mode)).map(({ relation }) => relation),
    ),
  );
  const now = pairTables(before, after);
  const all = before.filter(({ table }) => !touched.has(partsOf(table).join('.')));
  // A table that is gone has no digest either, and differs.
  const isRead = (contents: TableContents) => contents.digest !== null && now.get(contents)?.digest !== null;
  const untouched = all.filter(isRead);
  const isEqual = (contents: TableContents) => now.get(contents)?.digest === contents.digest;
  const equal = untouched.filter(isEqual);
  return {
    equal: equal.length,
    rows: equal.reduce((sum, { rows }) => sum + rows, 0),
    differing: untouched.filter((contents) => !isEqual(contents)).map(({ table }) => table),
    notCompared: all.filter((contents) => !isRead(contents)).map(({ table }) => table),
  };
};
