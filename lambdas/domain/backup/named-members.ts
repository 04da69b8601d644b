/** Which objects of extensions a migration's text names. */

export type ExtensionMember = {
  readonly extension: string;
  readonly schema: string;
  readonly name: string;
  /** True when the name is found without its schema. */
  readonly isVisible: boolean;
};

/** Comments of both kinds, so that a word of prose names nothing. */
const comments = /--[^\n]*|\/\*[\s\S]*?\*\//g;

const words = /[\p{L}_][\p{L}\p{N}_$]*/gu;

/** Once per extension and name; the extension itself counts as named when a statement has its name. */
export const membersNamedIn = (
  sql: string,
  members: readonly ExtensionMember[],
): readonly Pick<ExtensionMember, 'extension' | 'name'>[] => {
  const named = new Set((sql.replace(comments, ' ').match(words) ?? []).flatMap((word) => [word, word.toLowerCase()]));
  const found = members.filter(({ name, schema, isVisible }) => named.has(name) && (isVisible || named.has(schema)));
  const extensions = [...new Set(members.map(({ extension }) => extension))].filter((extension) =>
    named.has(extension.replaceAll('"', '')),
  );
  const all = [...extensions.map((extension) => ({ extension, name: extension })), ...found];
  return [...new Map(all.map(({ extension, name }) => [`${extension} ${name}`, { extension, name }])).values()];
};
