/** What a restore has done, in lines. */
import type { RestoredTables } from '#adapters/postgres/backup/restore-tables';
import type { RestoredWhole } from '#adapters/postgres/backup/restore-whole';
import type { TableCopy } from '#domain/backup/backup';
import { count, counted } from '#domain/count';
import { terminalLine } from '#domain/text/lines';

export type Lines = {
  readonly good: readonly string[];
  readonly also: readonly string[];
  readonly bad: readonly string[];
};

const figures = (tables: readonly TableCopy[]) =>
  `${count(tables.length, 'table')} with ${counted(
    tables.reduce((sum, { rows }) => sum + rows, 0),
    'row',
  )}`;

const rolesInWords = (made: readonly string[]): readonly string[] =>
  made.length === 0 ? [] : [terminalLine`  roles that were made, without password and login: ${made.join(', ')}`];

export const linesOfWhole = (
  { compared, leftOut, madeRoles, wasBegun }: RestoredWhole,
  notHeld: readonly string[],
): Lines => ({
  good: [
    `✓ restored ${figures(compared)}${wasBegun ? ', going on where an earlier attempt ended' : ''}; rows, catalog and sequences are equal to what was saved`,
  ],
  also: [
    ...rolesInWords(madeRoles),
    ...leftOut.map(
      ({ kind, identity, cause }) =>
        terminalLine`! left out, because this role may not make it: ${kind} ${identity} (${cause})`,
    ),
    ...notHeld.map((sentence) => terminalLine`  not in the backup: ${sentence}`),
  ],
  bad: [],
});

export const linesOfTables = ({ tables, putBack, missing, madeRoles }: RestoredTables): Lines => ({
  good: [
    ...tables.map(({ table, rows }) => terminalLine`✓ ${table}: ${counted(rows, 'row')}, equal to what was saved`),
    ...putBack.map((key) => terminalLine`✓ foreign key ${key} put back`),
  ],
  also: rolesInWords(madeRoles),
  bad: missing.map((sentence) => terminalLine`✗ not back: ${sentence}`),
});
