/** Takes names apart as PostgreSQL writes them: quoted where needed, joined by dots or commas. */

const split = (text: string, separator: '.' | ','): string[] => {
  const parts = [''];
  let isQuoted = false;
  for (const letter of text) {
    // Two quotes in a row, a quote inside a name, leave the quotes and enter them again.
    if (letter === '"') isQuoted = !isQuoted;
    if (letter === separator && !isQuoted) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
};

/** `"my ""table"""` → `my "table"`. */
export const unquote = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

/** Unquoted: `public."my table".id` → `['public', 'my table', 'id']`. */
export const partsOf = (identity: string): string[] =>
  (identity.includes('"') ? split(identity, '.') : identity.split('.')).map(unquote);

/** As PostgreSQL wrote it: `public."my table".id` → `public."my table"`; empty for a name of one part. */
export const parentOf = (identity: string): string =>
  identity.includes('"')
    ? split(identity, '.').slice(0, -1).join('.')
    : identity.slice(0, Math.max(0, identity.lastIndexOf('.')));

/** The last part, still quoted: `public.jobs."Status"` → `"Status"`. */
export const lastPartOf = (identity: string): string => split(identity, '.').at(-1) ?? '';

/** Unquoted; an empty name stands for an expression: `id, , "my column"` → `['id', '', 'my column']`. */
export const namesOf = (list: string): string[] => split(list, ',').map(unquote);
