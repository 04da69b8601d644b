/** A file's text as the parser wants it, and the way back from a byte offset to a line and a column. */
import { isUtf8 } from 'node:buffer';
import { MigrationRefused } from '#domain/errors';
import { type Lexeme, lexemesOf } from './lexemes';

/** Both count from 1; the column counts characters, not bytes. */
export type Position = { readonly line: number; readonly column: number };

export type Range = { readonly start: number; readonly end: number };

export type Source = {
  readonly fileName: string;
  /** The file's bytes, a byte order mark left out; all offsets count in these. */
  readonly bytes: Buffer;
  /** Byte ranges of the text's parts. */
  readonly lexemes: readonly Lexeme[];
  positionAt(offset: number): Position;
  textOf(range: Range): string;
};

/** The one form of everything that is wrong in a file: where, what, and what to do. */
export const refusal = (fileName: string, at: Position | number | null, message: string): MigrationRefused => {
  const where = at === null ? '' : typeof at === 'number' ? `:${at}` : `:${at.line}:${at.column}`;
  return new MigrationRefused(`${fileName}${where}: ${message}`);
};

// People write migrations; what is larger is a data load, and the parser would hold it in memory several times over.
const maximumBytes = 4 * 1024 * 1024;

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);
const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const lineFeed = 0x0a;

const startsWith = (bytes: Buffer, mark: Buffer) => bytes.subarray(0, mark.length).equals(mark);

/** Where each line starts; no byte of a longer UTF-8 character is a line feed. */
const lineStartsOf = (bytes: Buffer): readonly number[] => {
  const starts = [0];
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) starts.push(at + 1);
  return starts;
};

const lineIndexAt = (lineStarts: readonly number[], offset: number): number => {
  let line = 0;
  let beyond = lineStarts.length;
  while (beyond - line > 1) {
    const middle = (line + beyond) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) line = middle;
    else beyond = middle;
  }
  return line;
};

const refuseUnreadable = (fileName: string, bytes: Buffer): void => {
  if (bytes.length > maximumBytes)
    throw refusal(
      fileName,
      null,
      `the file has ${bytes.length} bytes; expected at most ${maximumBytes}. Load data by other means, or split the migration`,
    );
  if (utf16Marks.some((mark) => startsWith(bytes, mark)))
    throw refusal(fileName, 1, 'the file is UTF-16; expected UTF-8. Save it as UTF-8');
  const lineStarts = lineStartsOf(bytes);
  const zero = bytes.indexOf(0);
  if (zero !== -1)
    throw refusal(
      fileName,
      lineIndexAt(lineStarts, zero) + 1,
      'there is a zero byte in this line; PostgreSQL would read nothing behind it. Remove it',
    );
  if (isUtf8(bytes)) return;
  const invalid = lineStarts.findIndex((start, index) => !isUtf8(bytes.subarray(start, lineStarts[index + 1])));
  throw refusal(fileName, invalid + 1, 'this line is not UTF-8; expected UTF-8. Save the file as UTF-8');
};

type ToFile = (position: Position) => Position;

const sourceOf = (fileName: string, bytes: Buffer, toFile: ToFile = (position) => position): Source => {
  const lineStarts = lineStartsOf(bytes);
  const textOf = ({ start, end }: Range) => bytes.subarray(start, end).toString('utf8');
  let lexemes: readonly Lexeme[] | null = null;
  return {
    fileName,
    bytes,
    // At the first question: many a file is only read to be handed on as bytes.
    get lexemes() {
      lexemes ??= lexemesOf(bytes.toString('latin1'));
      return lexemes;
    },
    textOf,
    positionAt: (offset) => {
      const line = lineIndexAt(lineStarts, offset);
      const before = textOf({ start: lineStarts[line] ?? 0, end: offset });
      return toFile({ line: line + 1, column: Array.from(before).length + 1 });
    },
  };
};

/** Reads a file's bytes. Errors: MigrationRefused for what is not UTF-8, holds a zero byte or is over 4 MiB. */
export const readSource = (fileName: string, fileBytes: Buffer): Source => {
  refuseUnreadable(fileName, fileBytes);
  return sourceOf(fileName, startsWith(fileBytes, utf8Mark) ? fileBytes.subarray(utf8Mark.length) : fileBytes);
};

/** A text taken out of a file; `toFile` turns a position in it into the position in the file. */
export const derivedSource = (fileName: string, text: string, toFile: ToFile): Source =>
  sourceOf(fileName, Buffer.from(text), toFile);
