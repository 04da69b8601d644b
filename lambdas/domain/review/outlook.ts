/** What a migration of a folder is expected to do to those who work beside it: lock, who waits, for how long, over how many rows. */
import type { FolderMigration } from '#domain/folders/folder';
import { type Blocked, type LockMode, lockModes, whoWaits } from '#domain/locks/lock-modes';
import type { ReviewContext } from './context';
import { impactsOf } from './impact';
import { migrationOfScript } from './migration-of-script';
import { type ReviewGround, reviewContextOf } from './review-migration';

/** One table, with the strongest lock that the migration takes on it. */
export type TableOutlook = {
  /** `schema.name`, as it was called before the migration. */
  readonly table: string;
  readonly mode: LockMode;
  readonly waits: Blocked;
  /** In the file, of the statement that takes it. */
  readonly line: number;
  /** From there to the commit; null where the table's size is not known and the work depends on it. */
  readonly heldMs: number | null;
  /** Null where nobody says how many. */
  readonly rows: number | null;
};

const rowsOf = ({ production, sizes }: ReviewContext, table: string): number | null =>
  production?.tables.find((one) => one.table === table)?.rows ?? sizes.get(table)?.estimatedRows ?? null;

const strength = ({ mode }: TableOutlook) => lockModes.indexOf(mode);

/** Unknown counts as long. */
const duration = ({ heldMs }: TableOutlook) => heldMs ?? Number.POSITIVE_INFINITY;

/** Tables that somebody has to wait for, the longest wait first. Pure but for the parser. */
export const outlookOf = async (
  folderMigration: FolderMigration,
  ground: ReviewGround,
): Promise<readonly TableOutlook[]> => {
  const { migration } = await migrationOfScript(folderMigration);
  const context = reviewContextOf(migration, ground);
  const strongest = new Map<string, TableOutlook>();
  for (const { statement, locks, heldMs } of impactsOf(context))
    for (const { table, mode } of locks) {
      const waits = whoWaits(mode);
      if (waits === 'nobody') continue;
      const found = { table, mode, waits, line: statement.line, heldMs, rows: rowsOf(context, table) };
      const known = strongest.get(table);
      // Of two equal locks the first one is held longer.
      if (!known || strength(found) > strength(known)) strongest.set(table, found);
    }
  return [...strongest.values()].sort(
    (one, other) => duration(other) - duration(one) || strength(other) - strength(one),
  );
};
