/** The comments of a checks file that say what a test, a query or the application must do. */
import type { Lexeme } from '#domain/sql/lexemes';
import { type Position, refusal, type Source } from '#domain/sql/source';

export const keywords = ['test', 'query', 'probe', 'application', 'expect', 'save'] as const;
export type Keyword = (typeof keywords)[number];

export type Directive = {
  readonly keyword: Keyword;
  readonly value: string;
  /** What follows `-- expect:` in the same comment; null when nothing does. */
  readonly inlineExpect: string | null;
  readonly at: Position;
  readonly lexeme: Lexeme;
};

const form = /^--+[ \t]*([A-Za-z][A-Za-z-]*)[ \t]*:(?:[ \t]+(.*))?$/;

const directiveIn = (source: Source, lexeme: Lexeme): Directive | null => {
  const [, word, value = ''] = form.exec(source.textOf(lexeme).trimEnd()) ?? [];
  if (word === undefined) return null;
  const at = source.positionAt(lexeme.start);
  const keyword = keywords.find((known) => known === word.toLowerCase());
  if (keyword) {
    const [own = '', ...rest] = value.split(/\s+--\s*expect\s*:/i);
    return { keyword, value: own.trim(), inlineExpect: rest.length > 0 ? rest.join(',').trim() : null, at, lexeme };
  }
  if (/^[A-Z]/.test(word)) return null;
  throw refusal(
    source.fileName,
    at,
    `unknown directive "${word}:"; expected one of ${keywords.join(', ')}. Correct it; a remark starts with a capital letter or has no colon`,
  );
};

/** Errors: MigrationRefused for a directive that nobody knows. */
export const directivesOf = (source: Source): readonly Directive[] =>
  source.lexemes.filter(({ kind }) => kind === 'line comment').flatMap((lexeme) => directiveIn(source, lexeme) ?? []);
