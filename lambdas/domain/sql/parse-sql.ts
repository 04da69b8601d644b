/** PostgreSQL's own parser over a source: one entry per statement, with exact byte ranges. */
import { hasSqlDetails, loadModule, type Node, parse } from 'libpg-query';
import { isComment } from './lexemes';
import type { Range, Source } from './source';

export type ParsedStatement = Range & {
  /** The statement's one node, `{ CreateStmt: {…} }`; every `location` in it counts from `start`. */
  readonly node: Node;
};

/** `offset` is the byte at which the parser gave up. */
export type ParseOutcome =
  | { readonly statements: readonly ParsedStatement[] }
  | { readonly problem: { readonly message: string; readonly offset: number } };

type RawStatement = { readonly stmt: Node; readonly stmt_location?: number; readonly stmt_len?: number };

/** The parser counts locations from the file's start, and so does nobody who has only the statement. */
const rebase = (value: unknown, start: number): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'location' && typeof inner === 'number' && inner >= start)
      (value as Record<string, unknown>)[key] = inner - start;
    else rebase(inner, start);
  }
};

/** The parser's ranges begin right behind the last semicolon, comments included: narrow them to the statement's own tokens. */
const narrow = (
  source: Pick<Source, 'bytes' | 'lexemes'>,
  raw: readonly RawStatement[],
): readonly ParsedStatement[] => {
  const code = source.lexemes.filter((lexeme) => !isComment(lexeme));
  let next = 0;
  return raw.map(({ stmt, stmt_location: location = 0, stmt_len: length }) => {
    // A length of 0 (left out) means: to the end of the text.
    const limit = length ? location + length : source.bytes.length;
    while ((code[next]?.start ?? limit) < location) next += 1;
    const start = code[next]?.start ?? location;
    let end = start;
    for (let lexeme = code[next]; lexeme && lexeme.end <= limit; lexeme = code[next]) {
      end = lexeme.end;
      next += 1;
    }
    rebase(stmt, start);
    return { start, end, node: stmt };
  });
};

/** PostgreSQL reports the position of an error in characters. */
const byteOffset = (text: string, characters: number) =>
  Buffer.byteLength(Array.from(text).slice(0, characters).join(''));

/** Total: what is not SQL is returned as a problem. */
export const parseSql = async (source: Pick<Source, 'bytes' | 'lexemes'>): Promise<ParseOutcome> => {
  if (source.lexemes.every(isComment)) return { statements: [] };
  await loadModule();
  const text = source.bytes.toString('utf8');
  try {
    const { stmts } = (await parse(text)) as { readonly stmts: readonly RawStatement[] };
    return { statements: narrow(source, stmts) };
  } catch (error) {
    if (hasSqlDetails(error))
      return { problem: { message: error.message, offset: byteOffset(text, error.sqlDetails?.cursorPosition ?? 0) } };
    // Nesting beyond the depth of the parser's stack ends in an error of the WebAssembly module.
    return { problem: { message: `the parser gave up (${(error as Error).message})`, offset: 0 } };
  }
};
