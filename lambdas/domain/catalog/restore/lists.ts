/** Takes lists apart whose entries may have parentheses, brackets and quotes of their own. */

/** At the separators that stand outside of all of them: `a numeric(8,2), b text` → two entries. */
export const splitList = (list: string, separator = ','): readonly string[] => {
  const entries = [''];
  let depth = 0;
  let quote = '';
  for (const letter of list) {
    if (quote) quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    if (letter === separator && depth === 0 && !quote) entries.push('');
    else entries[entries.length - 1] += letter;
  }
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
};

/** The name in front of an entry, quoted or not, and what stands behind it. */
export const namedEntry = (entry: string): { readonly name: string; readonly rest: string } => {
  const [, name = '', rest = ''] = /^("(?:[^"]|"")*"|[^\s=:]+)\s*[=:]?\s*([\s\S]*)$/.exec(entry) ?? [];
  return { name, rest };
};

/** The entries by their names. */
export const entriesByName = (list: unknown, separator = ','): ReadonlyMap<string, string> =>
  new Map(
    splitList(typeof list === 'string' ? list : '', separator).map((entry) => {
      const { name, rest } = namedEntry(entry);
      return [name, rest];
    }),
  );
