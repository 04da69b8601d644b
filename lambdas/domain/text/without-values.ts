/** What a session runs, for people who must know it and not what it holds. */
import { cutTo, onOneLine } from './visible';

/** A query is known by its beginning. */
const mostCharacters = 300;

// In the order in which a scanner meets them: names in double quotes are kept, so that what looks like a value in them is none.
const token =
  /"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w$])(?:[eEbBxXnN]|[uU]&)?'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|(?<![\w$.])[0-9][\w.]*/g;

/** What is left of a value or a comment whose end the server has cut off. */
const cutOff = /'|\/\*|\$(?:[A-Za-z_]\w*)?\$/;

/** Every stretch outside of names in double quotes, in which nothing may be left of a value. */
const untilCutOff = (text: string): string => {
  let end = text.length;
  for (const { index, 0: part } of text.matchAll(/"(?:[^"]|"")*"|[^"]+|"/g)) {
    const at = part.startsWith('"') ? -1 : part.search(cutOff);
    if (at >= 0) end = Math.min(end, index + at);
  }
  return end < text.length ? `${text.slice(0, end)}…` : text;
};

/**
 * A query with `?` in place of every value, without comments.
 *
 * @example
 * withoutValues("UPDATE people SET email = 'ada@example.org' WHERE person_id = 7") // UPDATE people SET email = ? WHERE person_id = ?
 */
export const withoutValues = (query: string): string => {
  // Where such a value ends depends on how the session reads a backslash.
  if (query.includes("\\'")) return `${onOneLine(/^\s*\w+/.exec(query)?.[0] ?? '')}…`;
  const shown = query.replaceAll(token, (found) => {
    if (found.startsWith('"')) return found;
    return found.startsWith('--') || found.startsWith('/*') ? ' ' : '?';
  });
  return cutTo(onOneLine(untilCutOff(shown)).replaceAll(/ +/g, ' ').trim(), mostCharacters);
};
