/** Finds the rollback in a migration's comments and takes the comment marks off, so that it is SQL with lines of the file. */
import { isRuler } from '#domain/sql/comment-text';
import { isComment, type Lexeme } from '#domain/sql/lexemes';
import { derivedSource, type Position, refusal, type Source } from '#domain/sql/source';

type CommentLine = {
  readonly lexeme: Lexeme;
  readonly at: Position;
  /** Everything behind the first two hyphens, as written. */
  readonly content: string;
};

/** Line comments that have their line to themselves. */
const commentLinesOf = (source: Source): readonly CommentLine[] =>
  source.lexemes
    .map((lexeme, index) => ({ lexeme, previous: source.lexemes[index - 1] }))
    .filter(({ lexeme }) => lexeme.kind === 'line comment')
    .map(({ lexeme, previous }) => ({ lexeme, previous, at: source.positionAt(lexeme.start) }))
    .filter(({ previous, at }) => !previous || source.positionAt(previous.end).line < at.line)
    .map(({ lexeme, at }) => ({ lexeme, at, content: source.textOf(lexeme).slice(2) }));

const words = (content: string) => content.replace(/^[\s\-=*#~_]+|[\s\-=*#~_:]+$/g, '');

/** A comment inside the comment: `-- -- note`. */
const isNote = (content: string) => /^\s+--/.test(content);

const isHeading = (content: string) => !isNote(content) && /^rollback$/i.test(words(content));

const example =
  'Add a comment line "-- ROLLBACK" at the end of the file and below it, as comments, the SQL that undoes the migration';

const findHeading = (source: Source, lines: readonly CommentLine[]): number => {
  const [first, second] = lines.flatMap((line, index) => (isHeading(line.content) ? [index] : []));
  if (first === undefined) {
    const near = lines.find(({ content }) => /^roll\s*-?back\b/i.test(words(content)));
    throw refusal(
      source.fileName,
      near?.at ?? null,
      near
        ? `"${near.content.trim()}" does not start a rollback section; expected a comment line that says only ROLLBACK. Shorten it`
        : `there is no rollback section. ${example}`,
    );
  }
  if (second !== undefined)
    throw refusal(
      source.fileName,
      lines[second]?.at ?? null,
      `a second ROLLBACK line; the rollback section starts at line ${lines[first]?.at.line}. Keep one section`,
    );
  return first;
};

const refuseOthersBehind = (source: Source, heading: CommentLine, section: readonly CommentLine[]): void => {
  const taken = new Set(section.map(({ lexeme }) => lexeme));
  const other = source.lexemes.find((lexeme) => lexeme.start > heading.lexeme.start && !taken.has(lexeme));
  if (!other) return;
  throw refusal(
    source.fileName,
    source.positionAt(other.start),
    isComment(other)
      ? 'this comment stands inside the rollback section; expected line comments ("-- …") with a line to themselves'
      : `a statement follows the rollback section of line ${heading.at.line}; expected the section at the end of the file. Move it there`,
  );
};

/** What all lines have in front stands for the comment's own indentation, so that a function's body keeps its shape. */
const commonIndent = (contents: readonly string[]): number =>
  Math.min(
    ...contents
      .filter((content) => content.trim() !== '')
      .map((content) => content.length - content.trimStart().length),
  );

/** The rollback as a source of its own: positions in it are positions in the file. */
export const rollbackSource = (source: Source): Source => {
  const lines = commentLinesOf(source);
  const at = findHeading(source, lines);
  const heading = lines[at] as CommentLine;
  const section = lines.slice(at + 1);
  refuseOthersBehind(source, heading, section);

  const meaningful = section.filter(({ content }) => content.trim() !== '' && !isRuler(content));
  const body = /:\s*$/.test(meaningful[0]?.content ?? '') ? meaningful.slice(1) : meaningful;
  const [first] = body;
  const last = body.at(-1);
  if (!first || !last) throw refusal(source.fileName, heading.at, `the rollback section is empty. ${example}`);

  const indent = commonIndent(body.map(({ content }) => content));
  const byLine = new Map(body.map((line) => [line.at.line, line]));
  const texts = Array.from({ length: last.at.line - first.at.line + 1 }, (_, index) =>
    (byLine.get(first.at.line + index)?.content ?? '').slice(indent),
  );
  // A function that goes back to an earlier body must get that body's line ends.
  const lineEnd = source.bytes.includes('\r\n') ? '\r\n' : '\n';
  return derivedSource(source.fileName, texts.join(lineEnd), ({ line, column }) => {
    const original = byLine.get(first.at.line + line - 1)?.at ?? first.at;
    return { line: first.at.line + line - 1, column: column + original.column + 1 + indent };
  });
};
