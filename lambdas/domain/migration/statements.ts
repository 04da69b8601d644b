/** Statements with the comments that belong to them. */
import { commentText } from '#domain/sql/comment-text';
import { isComment, type Lexeme } from '#domain/sql/lexemes';
import type { ParsedStatement } from '#domain/sql/parse-sql';
import type { Source } from '#domain/sql/source';
import type { SqlStatement } from './migration';

const lineAt = (source: Source, offset: number) => source.positionAt(offset).line;

/** The comments directly above, each on the line before what follows it, and none that trails the statement before. */
export const commentsAbove = (
  source: Source,
  comments: readonly Lexeme[],
  from: number,
  start: number,
): readonly Lexeme[] => {
  const previousLine = from === 0 ? 0 : lineAt(source, from);
  const above: Lexeme[] = [];
  let line = lineAt(source, start);
  for (const comment of comments.filter((one) => one.start >= from && one.end <= start).reverse()) {
    const isAdjacent = lineAt(source, comment.end) >= line - 1;
    line = lineAt(source, comment.start);
    if (!isAdjacent || line === previousLine) break;
    above.unshift(comment);
  }
  return above;
};

const commentBehind = (source: Source, comments: readonly Lexeme[], end: number): readonly Lexeme[] => {
  const first = comments.find(({ start }) => start >= end);
  return first && lineAt(source, first.start) === lineAt(source, end) ? [first] : [];
};

/** `written` is the source whose text the statements take: the parsed one, unless placeholders were masked for the parser. */
export const statementsOf = (
  source: Source,
  parsed: readonly ParsedStatement[],
  written = source,
): readonly SqlStatement[] => {
  const comments = source.lexemes.filter(isComment);
  return parsed.map(({ start, end, node }, index) => ({
    index,
    sql: written.textOf({ start, end }),
    line: lineAt(source, start),
    kind: Object.keys(node)[0] ?? '',
    node,
    comment: commentText(source, [
      ...commentsAbove(source, comments, parsed[index - 1]?.end ?? 0, start),
      ...commentBehind(source, comments, end),
    ]),
  }));
};
