/** Values of earlier statements by name: `:user_id`, or `:'user_id'` as psql spells a quoted variable. */
import { VerificationFailed } from '#domain/errors';
import { type Lexeme, lexemesOf } from '#domain/sql/lexemes';
import { quoteLiteral } from '#domain/sql/quoted-name';

export type Placeholder = { readonly name: string; readonly start: number; readonly end: number };

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

const nameIn = (text: string, { kind, start, end }: Lexeme): string | null => {
  const written = text.slice(start, end);
  const name = kind === 'string' ? written.replace(/^'|'$/g, '') : written;
  return (kind === 'word' || kind === 'string') && namePattern.test(name) ? name : null;
};

/** The placeholders of an SQL text in order; casts (`::`), strings, dollar quotes and comments hold none. */
export const placeholdersIn = (text: string, lexemes = lexemesOf(text)): readonly Placeholder[] =>
  lexemes.flatMap((colon, index) => {
    const next = lexemes[index + 1];
    const isColon = colon.kind === 'symbol' && text[colon.start] === ':' && text[colon.start - 1] !== ':';
    if (!isColon || next?.start !== colon.end) return [];
    const name = nameIn(text, next);
    return name === null ? [] : [{ name, start: colon.start, end: next.end }];
  });

const replacePlaceholders = (text: string, replacement: (placeholder: Placeholder) => string): string => {
  let position = 0;
  const parts = placeholdersIn(text).flatMap((placeholder) => {
    const before = text.slice(position, placeholder.start);
    position = placeholder.end;
    return [before, replacement(placeholder)];
  });
  return parts.join('') + text.slice(position);
};

/** Puts a parameter of the same length (`$0001`) in every placeholder's stead, so that the parser sees SQL and positions stay. */
export const maskPlaceholders = (text: string): string =>
  replacePlaceholders(text, ({ start, end }) => `${'$'.padEnd(end - start - 1, '0')}1`);

/** Replaces every placeholder by its value as a literal. Errors: VerificationFailed when a name has no value. */
export const bindSaved = (sql: string, values: Readonly<Record<string, string | null>>): string =>
  replacePlaceholders(sql, ({ name }) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw new VerificationFailed(
        `the statement needs :${name}, but no value was saved under that name: the statement that saves it returned no row`,
      );
    return quoteLiteral(value);
  });
