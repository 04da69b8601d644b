/** The values of `-- expect:` and `-- save:`. Each parser returns null for what is out of form. */
import type { SavedColumn } from './checks';

export type Expectation =
  | { readonly kind: 'error'; readonly sqlState: string }
  | { readonly kind: 'rows'; readonly rows: number };

export const expectationForm = 'a SQLSTATE such as 23505, or a number of rows such as "1 row"';

export const parseExpectation = (value: string): Expectation | null => {
  const rows = /^(\d{1,9}) rows?$/i.exec(value)?.[1];
  if (rows !== undefined) return { kind: 'rows', rows: Number(rows) };
  // Class 00 is success; letters in a SQLSTATE are capitals.
  return /^(?!00)[0-9A-Z]{5}$/.test(value) ? { kind: 'error', sqlState: value } : null;
};

export type QueryExpectation = { readonly expectsIndex: boolean; readonly maximumMs: number };

export const queryExpectationForm = '"index scan", "under 100 ms", or both with a comma between them';

// The checklist's own limit for a simple query.
export const defaultMaximumMs = 100;

const millisecondsPer: Readonly<Record<string, number>> = { ms: 1, s: 1000 };

export const parseQueryExpectation = (values: readonly string[]): QueryExpectation | null => {
  const terms = values.flatMap((value) => value.split(',')).map((term) => term.trim().toLowerCase());
  const limits = terms.flatMap((term) => {
    const [, amount, unit] = /^under (\d+(?:\.\d+)?) ?(ms|s)$/.exec(term) ?? [];
    return unit === undefined ? [] : [Number(amount) * (millisecondsPer[unit] ?? 1)];
  });
  const indexScans = terms.filter((term) => term === 'index scan');
  if (limits.length + indexScans.length !== terms.length || limits.length > 1) return null;
  return { expectsIndex: indexScans.length > 0, maximumMs: limits[0] ?? defaultMaximumMs };
};

export const saveForm = 'column names with commas between them, each may have "as <name>"';

export const parseSave = (value: string): readonly SavedColumn[] | null => {
  const saved = value.split(',').map((part): SavedColumn | null => {
    const [, column, name] = /^([a-z_][a-z0-9_]*)(?:\s+as\s+([a-z_][a-z0-9_]*))?$/i.exec(part.trim()) ?? [];
    return column === undefined ? null : { column, name: name ?? column };
  });
  return saved.every((one) => one !== null) ? saved : null;
};
