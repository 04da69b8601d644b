/** The statements that ask which values are allowed, and that insert the rows. */
import { quotedName, quoteLiteral } from '#domain/sql/quoted-name';
import type { MadeRow } from './make-rows';
import type { Pool } from './pools';
import type { TableShape } from './shape';

const holds = (expression: string) => `(${expression}) IS NOT FALSE`;

/** VALUE of a domain, and the column by its name: each in a scope of its own. */
const conditionsOn = ({ column, domainChecks, ownChecks }: Pool): readonly string[] => [
  ...(domainChecks.length > 0
    ? [`(SELECT ${domainChecks.map(holds).join(' AND ')} FROM (SELECT c.x) AS d (value))`]
    : []),
  ...(ownChecks.length > 0
    ? [`(SELECT ${ownChecks.map(holds).join(' AND ')} FROM (SELECT c.x) AS t (${column.written}))`]
    : []),
];

/** Which values of the pools the checks of one column let through: rows of `pool` and `value`, both counted from 0; null when nothing asks. */
export const allowedValuesSql = (pools: readonly Pool[]): string | null => {
  const parts = pools.flatMap((pool, at) => {
    const conditions = conditionsOn(pool);
    if (conditions.length === 0 || pool.values.length === 0) return [];
    const values = pool.values.map((value, index) => `(${index}, ${quoteLiteral(value)}::${pool.type})`);
    return [
      `SELECT ${at} AS pool, c.i AS value FROM (VALUES ${values.join(', ')}) AS c (i, x) WHERE ${conditions.join(' AND ')}`,
    ];
  });
  return parts.length === 0 ? null : `${parts.join(' UNION ALL ')} ORDER BY 1, 2`;
};

/** Those that a foreign key refers to, as text, in the order of its columns. */
export const parentsSql = (parent: string, columns: readonly string[], most: number): string => {
  const names = columns.map(quotedName);
  return `SELECT DISTINCT ${names.map((name, at) => `${name}::text AS "${at}"`).join(', ')} FROM ${parent}
    WHERE ${names.map((name) => `${name} IS NOT NULL`).join(' AND ')} ORDER BY ${columns.map((_, at) => at + 1).join(', ')} LIMIT ${most}`;
};

export type InsertOptions = {
  /** Rows that do not fulfil these are left out by PostgreSQL, before anything is written. */
  readonly conditions: readonly string[];
  readonly most: number;
  /** What equals another row of a key is left out; not for tables with rules, which refuse the clause. */
  readonly leavesOutEqual: boolean;
};

/** One statement for all rows. */
export const insertSql = (
  { identity }: TableShape,
  pools: readonly Pool[],
  rows: readonly MadeRow[],
  { conditions, most, leavesOutEqual }: InsertOptions,
): string => {
  const conflict = leavesOutEqual ? ' ON CONFLICT DO NOTHING' : '';
  // A row without a value in it has no form of its own in VALUES.
  if (pools.length === 0) return `INSERT INTO ${identity} DEFAULT VALUES${conflict}`;
  const names = pools.map(({ column }) => column.written).join(', ');
  const values = rows.map(
    (row, at) =>
      `(${row.map((value, column) => (at === 0 ? `${quoteLiteral(value)}::${pools[column]?.type}` : quoteLiteral(value))).join(', ')})`,
  );
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(holds).join(' AND ')}`;
  return `INSERT INTO ${identity} (${names}) SELECT ${names} FROM (VALUES ${values.join(', ')}) AS made (${names})${where} LIMIT ${most}${conflict}`;
};

const longestShown = 40;
const mostShown = 5;

const shown = (value: string | null) =>
  value === null
    ? 'NULL'
    : quoteLiteral(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value).trim();

/** A row for people: `(name 'alpha', phone NULL)`; long values are cut, and many columns are counted. */
export const rowInWords = (pools: readonly Pool[], row: MadeRow): string => {
  const named = pools.slice(0, mostShown).map(({ column }, at) => `${column.written} ${shown(row[at] ?? null)}`);
  const more = pools.length - named.length;
  return `(${[...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')})`;
};
