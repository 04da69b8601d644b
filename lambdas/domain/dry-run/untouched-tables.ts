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
};

/** The modes that writing needs, and all that are stronger. */
const writingModes: readonly string[] = lockModes.slice(lockModes.indexOf('RowExclusiveLock'));

/**
 * Compares the checksums of the tables that no statement has locked for writing.
 *
 * @example
 * compareUntouched(statements, contentsBefore, contentsAfter) // { equal: 2, differing: [] }
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
  const untouched = before.filter(({ table, digest }) => digest !== null && !touched.has(partsOf(table).join('.')));
  const differing = untouched
    .filter((contents) => now.get(contents)?.digest !== contents.digest)
    .map(({ table }) => table);
  return { equal: untouched.length - differing.length, differing };
};
