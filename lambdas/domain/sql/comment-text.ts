/** What people wrote in a comment, without the marks around it. */
import type { Lexeme } from './lexemes';
import type { Source } from './source';

/** A line of nothing but three or more of these is drawn, not written. */
export const isRuler = (text: string): boolean => /^\s*[-=*#~_]{3,}\s*$/.test(text);

/** One entry per line, trimmed; rulers are empty lines. */
export const commentLines = (source: Source, comment: Lexeme): readonly string[] => {
  const text = source.textOf(comment);
  const inner = comment.kind === 'line comment' ? text.replace(/^--+/, '') : text.slice(2, -2);
  return inner.split(/\r?\n/).map((line) => {
    const written = line.replace(/^\s*\*(?=\s|$)/, '').trim();
    return isRuler(written) ? '' : written;
  });
};

/** All lines of several comments as one text, empty lines left out. */
export const commentText = (source: Source, comments: readonly Lexeme[]): string =>
  comments
    .flatMap((comment) => commentLines(source, comment))
    .filter((line) => line !== '')
    .join('\n');
