/**
 * The other tool's table follows what a person has settled, so that ledger and table say the same at the next start. No file of the
 * migration is read here: the row is the one that the ledger has kept.
 */
import type { ToolRow, ToolTable } from '#domain/doors/door';
import { doorNamed } from '#domain/doors/doors';
import { doorInWords, type ToolRowRecord, toolRowInWords } from '#domain/ledger/tool-row';
import type { Session } from '../session/session';
import { deleteRows, insertRow, lockDoor, tableIfThere } from './tool-row';

type Settled = {
  readonly as: 'standing' | 'rolled-back';
  /** The row of the version that is settled. */
  readonly own: ToolRowRecord;
  /** That of the newest other version that stands, in the same table; null where there is none. */
  readonly earlier: ToolRowRecord | null;
};

const isSame = (key: readonly string[], row: ToolRow, other: ToolRow) =>
  key.every((column) => row[column] === other[column]);

const putBack = async (session: Session, table: ToolTable, { own, earlier }: Settled): Promise<string> => {
  const { key, isState } = doorNamed(own.tool);
  if (table.rows.some((row) => isSame(key, row, own.row))) return `${toolRowInWords(own)} stands`;
  if (isState) {
    // It says where the database is: another row than that of the version before is one that the tool has gone on to.
    if (!table.rows.every((row) => earlier !== null && isSame(key, row, earlier.row)))
      return `${doorInWords(own)} is at another version, and was left as it is`;
    await deleteRows(session, table, {});
  }
  await insertRow(session, table, own.row);
  return `${toolRowInWords(own)} was put back`;
};

const takeOut = async (session: Session, table: ToolTable, { own, earlier }: Settled): Promise<string> => {
  const { key, isState } = doorNamed(own.tool);
  if (!table.rows.some((row) => isSame(key, row, own.row)))
    return `${doorInWords(own)} has no row of it, and was left as it is`;
  await deleteRows(session, table, Object.fromEntries(key.map((column) => [column, own.row[column] ?? ''])));
  if (!isState || !earlier) return `${toolRowInWords(own)} was removed`;
  await insertRow(session, table, earlier.row);
  return `${toolRowInWords(own)} was replaced by ${toolRowInWords(earlier)}`;
};

/** What was done, a clause. Under the tool's locks, in the caller's transaction; the search_path has to be hidden. Errors: LockNotAvailable. */
export const settleToolRow = async (session: Session, settled: Settled): Promise<string> => {
  if (!(await tableIfThere(session, settled.own))) return `${doorInWords(settled.own)} is not there any more`;
  await lockDoor(session, settled.own);
  // Read again, because another session may have changed it until the lock was granted.
  const table = await tableIfThere(session, settled.own);
  if (!table) return `${doorInWords(settled.own)} is not there any more`;
  return settled.as === 'standing' ? putBack(session, table, settled) : takeOut(session, table, settled);
};
