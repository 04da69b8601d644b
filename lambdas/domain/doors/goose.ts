/** goose: the newest row of a version says whether it is applied; version 0 stands for the table itself. */
import { type Door, numberIn, type ToolRow } from './door';
import { readRows } from './read-rows';

const newestFirst = (one: ToolRow, other: ToolRow) => Number(other['id']) - Number(one['id']);

/** Of each version the newest row, where that says that it is applied. */
const standing = (rows: readonly ToolRow[]): readonly ToolRow[] => {
  const newest = new Map<string, ToolRow>();
  for (const row of rows.toSorted(newestFirst)) {
    const version = row['version_id'] ?? '';
    if (!newest.has(version)) newest.set(version, row);
  }
  return [...newest.values()].filter((row) => row['version_id'] !== '0' && row['is_applied'] === 'true');
};

export const gooseDoor: Door = {
  tool: 'goose',
  forms: ['goose'],
  table: 'goose_db_version',
  columns: { version_id: 'bigint', is_applied: 'boolean', id: '' },
  // Only a program that gives goose a session locker takes it; the command line takes none.
  locks: () => ['4097083626'],
  read: (rows, migrations) =>
    readRows(standing(rows), migrations, {
      keyOf: (row) => row['version_id'] ?? null,
      keyOfMigration: ({ name }) => numberIn(name),
    }),
  row: ({ name }) => ({ version_id: numberIn(name), is_applied: 'true' }),
  key: ['version_id'],
  where: ({ name }) => ({ version_id: numberIn(name) ?? '' }),
};
