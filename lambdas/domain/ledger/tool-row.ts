/** The row of another tool's table that stands for a migration: written by us as the tool would have, or found when adopting. */

/** A tool's table by its name. */
export type NamedDoor = { readonly tool: string; readonly schema: string; readonly table: string };

export type ToolRowRecord = NamedDoor & {
  /** Each value as PostgreSQL writes it; null is NULL. */
  readonly row: Readonly<Record<string, string | null>>;
};

export const doorInWords = ({ tool, schema, table }: NamedDoor): string => `${tool}'s table ${schema}.${table}`;

const longest = 40;

const valueInWords = (value: string | null) => {
  if (value === null) return 'NULL';
  return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
};

export const toolRowInWords = ({ row, ...door }: ToolRowRecord): string =>
  `the row (${Object.entries(row)
    .map(([name, value]) => `${name} ${valueInWords(value)}`)
    .join(', ')}) of ${doorInWords(door)}`;
