/** Names as they are written in SQL. */
import { reservedWords } from './reserved-words';

/** In double quotes where PostgreSQL would read it as something else. */
export const quotedName = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !reservedWords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** `schema.name` or `schema.table.column`, whose parts hold no dot themselves. */
export const quotedIdentity = (identity: string): string => identity.split('.').map(quotedName).join('.');
