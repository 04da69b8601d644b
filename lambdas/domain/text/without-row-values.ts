/** What PostgreSQL says of a row that it refused, without the row: names of columns, tables and constraints stay. */

export type ServerMessage = {
  readonly sqlState: string | null;
  readonly message: string;
  readonly detail?: string | undefined;
};

/** How such a sentence ends, behind the values. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\) already exists\.$/, ' already exists.'],
  [/\) is duplicated\.$/, ' is duplicated.'],
  [/\) is (not present in|still referenced from) table ("[^"]+")\.$/, ' is $1 table $2.'],
  [/\) conflicts with (existing )?key .*$/s, ' conflicts with another.'],
];

const endingOf = (values: string): string => {
  for (const [pattern, kept] of endings) {
    const match = pattern.exec(values);
    if (match) return kept.replace('$1', match[1] ?? '').replace('$2', match[2] ?? '');
  }
  return '.';
};

/** In another language than English only the columns are known again, by their brackets: `(a, b)=(1, 2)`. */
const withoutRow = (detail: string): string | undefined => {
  const values = /(?<==|= )\(.*$/s.exec(detail);
  if (values) return `${detail.slice(0, values.index)}(…)${endingOf(values[0])}`;
  return detail.startsWith('Failing row contains') ? 'Failing row contains (…).' : undefined;
};

/** A literal of the statement itself is no secret; what it met in a row is. */
const withoutValues = (text: string, sql: string): string =>
  text.replaceAll(/"([^"]*)"/g, (quoted, value: string) => (value !== '' && sql.includes(value) ? quoted : '"…"'));

type Leave = (said: ServerMessage, sql: string) => Pick<ServerMessage, 'message' | 'detail'>;

const leaveRow: Leave = ({ message, detail }) => ({ message, detail: detail && withoutRow(detail) });

const leaveValues: Leave = ({ message, detail }, sql) => ({
  message: withoutValues(message, sql),
  detail: detail && withoutValues(detail, sql),
});

/** By the class of the SQLSTATE: constraints, WITH CHECK OPTION, and values that are none of their type. */
const classes: Readonly<Record<string, Leave>> = { '23': leaveRow, '44': leaveRow, '22': leaveValues };

/**
 * `sql` is what the server was asked.
 * @example
 * withoutRowValues({ sqlState: '23505', message, detail: 'Key (email)=(a@b.c) already exists.' }, sql).detail // 'Key (email)=(…) already exists.'
 */
export const withoutRowValues: Leave = (said, sql) => {
  const { sqlState, message, detail } = said;
  return (classes[sqlState?.slice(0, 2) ?? ''] ?? ((): ReturnType<Leave> => ({ message, detail })))(said, sql);
};
