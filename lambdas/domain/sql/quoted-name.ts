/** Names and values as they are written in SQL. */
import { reservedWords } from './reserved-words';

/** In double quotes where PostgreSQL would read it as something else. */
export const quotedName = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !reservedWords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** `schema.name` or `schema.table.column`, whose parts hold no dot themselves. */
export const quotedIdentity = (identity: string): string => identity.split('.').map(quotedName).join('.');

/** A literal of unknown type, so that PostgreSQL takes the value as whatever the place asks for. */
export const quoteLiteral = (value: string | null): string => {
  if (value === null) return 'NULL';
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  // The blank keeps the E from running together with a word in front of it.
  return value.includes('\\') ? ` E${quoted}` : quoted;
};
