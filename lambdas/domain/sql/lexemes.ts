/**
 * Takes SQL text apart without judging it: what is code, what is quoted, what is a comment. The parser's own scanner gives
 * broken JSON for control characters and nothing at all for text that is not SQL yet, such as a statement with `:name` in it.
 */
export type Lexeme = {
  readonly kind: 'word' | 'number' | 'symbol' | 'string' | 'quoted identifier' | 'line comment' | 'block comment';
  /** Index of the first character. */
  readonly start: number;
  /** Index behind the last character. */
  readonly end: number;
};

// Everything beyond ASCII counts as a letter, as in PostgreSQL's scan.l; so text decoded as latin1 gives byte offsets.
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const number = /\d[\w.]*/y;
const lineComment = /--[^\r\n]*/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const stringPrefix = /(?:[bBxXnN]|[uU]&)?(?=')/y;
const escapePrefix = /[eE](?=')/y;
const identifierPrefix = /(?:[uU]&)?(?=")/y;

const endOf = (pattern: RegExp, text: string, start: number): number | null => {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : null;
};

/** Quoted text behind a prefix; a doubled quote does not end it, nor does one behind a backslash where that escapes. */
const endOfQuoted = (prefix: RegExp, backslashEscapes: boolean) => (text: string, start: number) => {
  const opening = endOf(prefix, text, start);
  if (opening === null) return null;
  const quote = text[opening];
  let position = opening + 1;
  while (position < text.length) {
    const isEscaped =
      (backslashEscapes && text[position] === '\\') || (text[position] === quote && text[position + 1] === quote);
    if (text[position] === quote && !isEscaped) return position + 1;
    position += isEscaped ? 2 : 1;
  }
  return text.length;
};

/** Block comments nest in PostgreSQL; an unfinished one runs to the end. */
const endOfBlockComment = (text: string, start: number): number | null => {
  if (!text.startsWith('/*', start)) return null;
  let depth = 1;
  let position = start + 2;
  while (depth > 0 && position < text.length) {
    const opens = text.startsWith('/*', position);
    const closes = text.startsWith('*/', position);
    if (opens) depth += 1;
    if (closes) depth -= 1;
    position += opens || closes ? 2 : 1;
  }
  return Math.min(position, text.length);
};

const endOfDollarString = (text: string, start: number): number | null => {
  const bodyStart = endOf(dollarTag, text, start);
  if (bodyStart === null) return null;
  const tag = text.slice(start, bodyStart);
  const closing = text.indexOf(tag, bodyStart);
  return closing === -1 ? text.length : closing + tag.length;
};

type Scanner = readonly [kind: Lexeme['kind'], end: (text: string, start: number) => number | null];

const byPattern = (kind: Lexeme['kind'], pattern: RegExp): Scanner => [
  kind,
  (text, start) => endOf(pattern, text, start),
];

const firstCharacters: Readonly<Record<Lexeme['kind'], RegExp>> = {
  'line comment': /-/,
  'block comment': /\//,
  string: /['$bexnu]/i,
  'quoted identifier': /["u]/i,
  word: /[a-z_]/i,
  number: /\d/,
  symbol: /./s,
};

// The order matters: E'…' would also be a word followed by a string.
const scanners: readonly Scanner[] = [
  byPattern('line comment', lineComment),
  ['block comment', endOfBlockComment],
  ['string', endOfQuoted(stringPrefix, false)],
  ['string', endOfQuoted(escapePrefix, true)],
  ['string', endOfDollarString],
  ['quoted identifier', endOfQuoted(identifierPrefix, false)],
  byPattern('word', word),
  byPattern('number', number),
  ['symbol', (_, start) => start + 1],
];

/** By the code of a first character within ASCII: the scanners that can begin with it. Asking all of them at each lexeme took five times as long. */
const scannersByFirst: readonly (readonly Scanner[])[] = Array.from({ length: 0x80 }, (_, code) => {
  const first = String.fromCharCode(code);
  return scanners.filter(([kind]) => firstCharacters[kind].test(first));
});

const lexemeAt = (text: string, start: number): Lexeme => {
  // Beyond ASCII there are only the letters of words.
  for (const [kind, endFrom] of scannersByFirst[text.charCodeAt(start)] ?? scanners) {
    const end = endFrom(text, start);
    if (end !== null) return { kind, start, end };
  }
  throw new Error('the last scanner takes any character');
};

// PostgreSQL's white space; \s would also take the byte 0xA0, half of a character in latin1.
const space = /[ \t\n\r\f\v]*/y;

/**
 * Gives the lexemes of a text in order, white space left out; never throws.
 *
 * @example
 * lexemesOf('a -- b') // [{ kind: 'word', start: 0, end: 1 }, { kind: 'line comment', start: 2, end: 6 }]
 */
export const lexemesOf = (text: string): readonly Lexeme[] => {
  const lexemes: Lexeme[] = [];
  let position = endOf(space, text, 0) ?? 0;
  while (position < text.length) {
    const lexeme = lexemeAt(text, position);
    lexemes.push(lexeme);
    position = endOf(space, text, lexeme.end) ?? lexeme.end;
  }
  return lexemes;
};

export const isComment = ({ kind }: Lexeme): boolean => kind === 'line comment' || kind === 'block comment';
