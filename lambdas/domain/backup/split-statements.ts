/** Cuts a plain dump into statements, line by line, the way a SQL reader would: nothing is taken for what it only contains. */

export type DumpText =
  | { readonly kind: 'statement'; readonly sql: string }
  /** A `--` comment between statements, without its line end. */
  | { readonly kind: 'comment'; readonly text: string }
  /** A line for psql itself, such as `\restrict`. */
  | { readonly kind: 'meta'; readonly text: string };

export type StatementSplitter = {
  /** Takes the next line with its line end; gives what it completes. */
  addLine(line: string): readonly DumpText[];
  /** What has begun and not ended; empty between statements. */
  unfinished(): string;
};

const letter = 'A-Za-z_\\u0080-\\uffff';

/** The longest piece first; `e'` before words, so that it is only seen where a word would begin. */
const piece = new RegExp(
  `\\s+|--[^\\n]*|/\\*|\\$(?:[${letter}][${letter}0-9]*)?\\$|[eE]'|['"();]|[${letter}][${letter}0-9$]*|.`,
  'y',
);

/** Where a quoted text ends, after its quote; -1 when not in this line. A doubled quote is a quote character. */
const endOfQuoted = (line: string, from: number, quote: string, hasBackslashes: boolean): number => {
  for (let at = from; at < line.length; at += 1) {
    if (hasBackslashes && line[at] === '\\') at += 1;
    else if (line[at] === quote && line[at + 1] === quote) at += 1;
    else if (line[at] === quote) return at + 1;
  }
  return -1;
};

const endOfDollarQuoted = (line: string, from: number, tag: string): number => {
  const at = line.indexOf(tag, from);
  return at < 0 ? -1 : at + tag.length;
};

/** Block comments nest; `depth` counts the open ones and is carried from line to line. */
const blockComment = () => {
  let depth = 1;
  return (line: string, from: number): number => {
    const edge = /\/\*|\*\//g;
    edge.lastIndex = from;
    for (let match = edge.exec(line); match; match = edge.exec(line)) {
      depth += match[0] === '/*' ? 1 : -1;
      if (depth === 0) return edge.lastIndex;
    }
    return -1;
  };
};

type FindEnd = (line: string, from: number) => number;

/** What the opening of a text that hides semicolons says about its end; null for all other pieces. */
const hidden = (opening: string): FindEnd | null => {
  if (opening === '/*') return blockComment();
  if (opening.startsWith('$') && opening.endsWith('$') && opening.length > 1)
    return (line, from) => endOfDollarQuoted(line, from, opening);
  const quote = opening.at(-1) ?? '';
  if (!["'", '"', "e'", "E'"].includes(opening)) return null;
  return (line, from) => endOfQuoted(line, from, quote, opening.length === 2);
};

/** Counts what keeps a semicolon from ending its statement: parentheses, and a routine's `BEGIN ATOMIC … END`. */
const createNesting = () => {
  let parentheses = 0;
  let blocks = 0;
  let firstWords: string[] = [];
  let lastWord = '';
  return {
    see(text: string) {
      if (text === '(') parentheses += 1;
      if (text === ')') parentheses -= 1;
      if (!/^[A-Za-z]+$/.test(text)) return;
      const word = text.toLowerCase();
      if (firstWords.length < 4) firstWords = [...firstWords, word];
      const isRoutine = /^create (or replace )?(function|procedure)\b/.test(firstWords.join(' '));
      if (isRoutine && word === 'atomic' && lastWord === 'begin') blocks = 1;
      // A CASE inside the body ends with an END of its own.
      else if (blocks > 0 && word === 'case') blocks += 1;
      else if (blocks > 0 && word === 'end') blocks -= 1;
      lastWord = word;
    },
    isOpen: () => parentheses > 0 || blocks > 0,
  };
};

/** Makes a splitter for one dump; standard_conforming_strings is taken to be on, as pg_dump sets it. */
export const createStatementSplitter = (): StatementSplitter => {
  let sql = '';
  let nesting = createNesting();
  let findEnd: FindEnd | null = null;

  const addLine = (line: string): readonly DumpText[] => {
    if (!sql && line.startsWith('\\')) return [{ kind: 'meta', text: line.trimEnd() }];
    const found: DumpText[] = [];
    let at = 0;
    const take = (end: number) => {
      sql += line.slice(at, end);
      at = end;
    };
    while (at < line.length) {
      if (findEnd) {
        const end = findEnd(line, at);
        if (end >= 0) findEnd = null;
        take(end < 0 ? line.length : end);
        continue;
      }
      piece.lastIndex = at;
      const text = piece.exec(line)?.[0] ?? line.slice(at);
      if (!sql && (/^\s/.test(text) || text.startsWith('--'))) {
        if (text.startsWith('--')) found.push({ kind: 'comment', text });
        at += text.length;
        continue;
      }
      take(at + text.length);
      findEnd = hidden(text);
      if (text === ';' && !nesting.isOpen()) {
        found.push({ kind: 'statement', sql });
        sql = '';
        nesting = createNesting();
      } else if (!findEnd) nesting.see(text);
    }
    return found;
  };

  return { addLine, unfinished: () => sql };
};
