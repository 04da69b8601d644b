/**
 * Another tool's row in the transaction of the migration: its table is locked first, so that the tool waits in its first SELECT and
 * passes over the migration afterwards; its advisory locks are taken too where it has some.
 */
import pg from 'pg';
import { type DoorWork, locksOf } from '#domain/doors/choose';
import type { Cell, Door, ToolRow, ToolTable } from '#domain/doors/door';
import { doorNamed } from '#domain/doors/doors';
import { LockNotAvailable, MigrationRefused, VerificationFailed } from '#domain/errors';
import { doorInWords, type NamedDoor, type ToolRowRecord } from '#domain/ledger/tool-row';
import { isLockFailure, type Session, sqlStateOf } from '../session/session';
import { quotedName, rowAsText, toolTablesIn } from './tool-tables';

const lockTable = async (session: Session, door: NamedDoor): Promise<void> => {
  try {
    await session.query(`LOCK TABLE ${quotedName(door)} IN ACCESS EXCLUSIVE MODE`);
  } catch (cause) {
    if (isLockFailure(cause))
      throw new LockNotAvailable(
        `${doorInWords(door)} could not be locked in time: another session reads or writes it; this session changed nothing`,
        { cause },
      );
    if (sqlStateOf(cause) !== '42501') throw cause;
    throw new VerificationFailed(
      `the role may not lock ${doorInWords(door)}, in which the tool's row is written with the migration (${(cause as Error).message}); expected the right to insert, update and delete there. GRANT INSERT, UPDATE, DELETE ON ${quotedName(door)} to the role`,
      { cause },
    );
  }
};

const holdToolsLocks = async (session: Session, door: NamedDoor, take: 'xact' | 'session'): Promise<void> => {
  const { rows } = await session.query<{ name: string }>('SELECT pg_catalog.current_database() AS name');
  const call = take === 'xact' ? 'pg_try_advisory_xact_lock' : 'pg_try_advisory_lock';
  for (const key of locksOf(door, rows[0]?.name ?? '')) {
    const answer = await session.query<{ held: boolean }>(`SELECT pg_catalog.${call}($1::bigint) AS held`, [key]);
    if (answer.rows[0]?.held !== true)
      throw new LockNotAvailable(
        `${door.tool} itself is at work on the database: another session holds its lock ${key}; this session changed nothing`,
      );
  }
};

/** For statements outside of transactions: the tool's advisory locks alone, until the session ends. Errors: LockNotAvailable. */
export const holdForSession = (session: Session, door: NamedDoor): Promise<void> =>
  holdToolsLocks(session, door, 'session');

/** To the end of the transaction. Errors: LockNotAvailable, VerificationFailed where the role may not. */
export const lockDoor = async (session: Session, door: NamedDoor): Promise<void> => {
  await holdToolsLocks(session, door, 'xact');
  await lockTable(session, door);
};

export const tableIfThere = async (session: Session, door: NamedDoor): Promise<ToolTable | null> =>
  (await toolTablesIn(session, [door.table])).find(({ schema }) => schema === door.schema) ?? null;

const tableOf = async (session: Session, door: NamedDoor): Promise<ToolTable> => {
  const table = await tableIfThere(session, door);
  if (table) return table;
  throw new MigrationRefused(`${doorInWords(door)} is not there any more; put it back, or adopt the database again`);
};

const isRow = (values: Readonly<Record<string, Cell>>, row: ToolRow) =>
  Object.entries(values).every(([column, value]) => row[column] === value);

const found = ({ where }: Door, { migration }: DoorWork, rows: readonly ToolRow[]) =>
  rows.find((row) => isRow(where(migration), row));

/** Under the tool's locks, before the first statement. Errors: MigrationRefused when the tool has applied it meanwhile. */
export const refuseIfApplied = async (session: Session, work: DoorWork): Promise<void> => {
  const door = doorNamed(work.tool);
  const { rows } = await tableOf(session, work);
  const { applied, broken } = door.read(rows, [work.migration]);
  if (applied.length > 0 || found(door, work, rows))
    throw new MigrationRefused(
      `${doorInWords(work)} says that ${work.migration.fileName} is applied: ${work.tool} itself has run it since the run was opened. Adopt the database again: npm run adopt`,
    );
  if (broken.length > 0) throw new MigrationRefused(`${doorInWords(work)}: ${broken.join('; ')}`);
};

const insertQuery = (table: ToolTable, cells: readonly (readonly [string, Cell])[]) => {
  const values: (string | null)[] = [];
  const expressions = cells.map(([, cell]) => {
    if (cell !== null && typeof cell === 'object') return cell.sql;
    values.push(cell);
    return `$${values.length}`;
  });
  const columns = cells.map(([column]) => pg.escapeIdentifier(column));
  const text = `INSERT INTO ${quotedName(table)} AS t (${columns.join(', ')}) VALUES (${expressions.join(', ')}) RETURNING ${rowAsText('t')}`;
  return { text, values };
};

/** Returns the row as it is stored. The search_path has to be hidden. */
export const insertRow = async (
  session: Session,
  table: ToolTable,
  cells: Readonly<Record<string, Cell>>,
): Promise<ToolRow> => {
  const { rows } = await session.query<{ row: ToolRow }>(insertQuery(table, Object.entries(cells)));
  return rows[0]?.row ?? {};
};

/** The row that the tool would have written; one that is there is left as it is. The search_path has to be hidden, the table locked. */
export const writeToolRow = async (session: Session, work: DoorWork, durationMs: number): Promise<ToolRowRecord> => {
  const door = doorNamed(work.tool);
  const table = await tableOf(session, work);
  const { rows, columns } = table;
  const { tool, schema, table: name } = work;
  const there = found(door, work, rows);
  if (there) return { tool, schema, table: name, row: there };
  if (door.isState) await deleteRows(session, table, {});
  const row = await insertRow(session, table, door.row(work.migration, { durationMs, columns, rows }));
  return { tool, schema, table: name, row };
};

/** All rows where nothing is given. */
export const deleteRows = async (
  session: Session,
  table: ToolTable,
  where: Readonly<Record<string, string>>,
): Promise<void> => {
  const conditions = Object.keys(where).map((column, at) => `${pg.escapeIdentifier(column)}::text = $${at + 1}`);
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  await session.query(`DELETE FROM ${quotedName(table)}${filter}`, Object.values(where));
};

/**
 * As the tool's own way back leaves its table. A row that is not there is none to remove. Errors: MigrationRefused when the tool has
 * gone on to another migration.
 */
export const removeToolRow = async (session: Session, work: DoorWork): Promise<void> => {
  const door = doorNamed(work.tool);
  const table = await tableOf(session, work);
  const before = door.before?.(work.migration) ?? null;
  if (!found(door, work, table.rows)) {
    if (!door.isState || table.rows.length === 0) return;
    const now = table.rows.map((row) => Object.values(row).join(' ')).join(', ');
    if (before && table.rows.some((row) => isRow(before, row))) return;
    throw new MigrationRefused(
      `${doorInWords(work)} is at ${now}, not at ${work.migration.fileName}: ${work.tool} has gone on since. Take back first what it has applied`,
    );
  }
  await deleteRows(session, table, door.where(work.migration));
  if (before) await insertRow(session, table, before);
};
