/** Files in which comment lines say where the way forward begins and where the way back: goose, sql-migrate, dbmate. */
import { isComment } from '#domain/sql/lexemes';
import { derivedSource } from '#domain/sql/source';
import { nameOf } from './file-path';
import type { FolderFile, FolderMigration, FolderNote, ReadMigrations, Script, ScriptPart } from './folder';
import { isScript, problemScript, sourceOrProblem, unlessEmpty } from './script';

export type Marker =
  | { readonly command: 'up' | 'down'; readonly inTransaction: boolean }
  | { readonly command: 'begin' | 'end' | 'no transaction' | 'other' };

/** How a tool reads its markers. */
export type MarkerRules = {
  readonly tool: string;
  /** What the line says to the tool; null for any other line. */
  readonly readMarker: (line: string) => Marker | null;
  /** True where SQL above the first marker is dropped, false where it is an error. */
  readonly dropsSqlAbove: boolean;
  /** True where the tool itself refuses a block comment above the first marker. */
  readonly refusesBlockAbove: boolean;
  /** True where a second marker continues a section and the sections may come in any order. */
  readonly continues: boolean;
};

type Direction = 'up' | 'down';

type Section = { readonly parts: ScriptPart[]; inTransaction: boolean };

type Sections = {
  readonly byDirection: ReadonlyMap<Direction, Section>;
  /** The text above the first marker. */
  readonly above: string;
};

/** A part for the lines from `start` on, none when they hold nothing. */
const partOf = (lines: readonly string[], start: number, isOnePiece: boolean): readonly ScriptPart[] =>
  lines.some((line) => line.trim() !== '') ? [{ text: lines.join('\n'), line: start, isOnePiece }] : [];

/** A line at which the markers contradict each other. */
class MarkerProblem extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const sectionsIn = (text: string, { tool, readMarker, continues }: MarkerRules): Sections => {
  const byDirection = new Map<Direction, Section>();
  let direction: Direction | null = null;
  let above = text;
  let lines: string[] = [];
  let start = 1;
  let blockLine: number | null = null;
  let everywhereInTransaction = true;
  const close = (nextStart: number, isOnePiece = false) => {
    if (direction !== null) byDirection.get(direction)?.parts.push(...partOf(lines, start, isOnePiece));
    else above = lines.join('\n');
    lines = [];
    start = nextStart;
  };
  const begin = (number: number, next: Direction, inTransaction: boolean) => {
    if (blockLine !== null)
      throw new MarkerProblem(blockLine, 'StatementBegin is not ended before the next section; add StatementEnd');
    if (!continues && byDirection.has(next))
      throw new MarkerProblem(
        number,
        `a second "${next}" marker, which ${tool} refuses; expected one. Keep one section`,
      );
    if (!continues && next === 'down' && !byDirection.has('up'))
      throw new MarkerProblem(number, '"down" stands before "up"; expected "up" first. Swap the sections');
    close(number + 1);
    direction = next;
    const section = byDirection.get(next) ?? { parts: [], inTransaction: true };
    section.inTransaction &&= inTransaction;
    byDirection.set(next, section);
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    const marker = readMarker(line);
    if (marker === null) lines.push(line);
    else if (marker.command === 'up' || marker.command === 'down') begin(number, marker.command, marker.inTransaction);
    else if (marker.command === 'begin') {
      if (blockLine !== null || direction === null)
        throw new MarkerProblem(number, 'StatementBegin stands outside a section or inside another block. Move it');
      close(number + 1);
      blockLine = number;
    } else if (marker.command === 'end') {
      if (blockLine === null) throw new MarkerProblem(number, 'StatementEnd ends nothing; add StatementBegin above it');
      close(number + 1, true);
      blockLine = null;
    } else {
      if (marker.command === 'no transaction') everywhereInTransaction = false;
      lines.push('');
    }
  }
  if (blockLine !== null) throw new MarkerProblem(blockLine, 'StatementBegin is never ended; add StatementEnd');
  if (direction !== null) close(0);
  for (const section of byDirection.values()) section.inTransaction &&= everywhereInTransaction;
  return { byDirection, above };
};

/** The notes about what stands above the first marker. Errors: MarkerProblem for SQL where the tool refuses it. */
const notesAbove = (path: string, above: string, rules: MarkerRules): readonly FolderNote[] => {
  const source = derivedSource(path, above, (position) => position);
  const code = source.lexemes.find((lexeme) => !isComment(lexeme));
  if (code) {
    const { line } = source.positionAt(code.start);
    if (!rules.dropsSqlAbove)
      throw new MarkerProblem(line, 'a statement stands above the first marker; expected it below "up". Move it');
    return [{ says: `${rules.tool} drops the SQL above the first marker without a word`, name: `${path}:${line}` }];
  }
  const block = source.lexemes.find(({ kind }) => kind === 'block comment');
  return block && rules.refusesBlockAbove
    ? [
        {
          says: `${rules.tool} itself refuses a block comment above its first marker; here it is passed over`,
          name: path,
        },
      ]
    : [];
};

const scriptOf = (fileName: string, section: Section | undefined): Script | null =>
  section ? { fileName, ...section, problem: null } : null;

type ReadFile = { readonly migration: FolderMigration; readonly notes: readonly FolderNote[] };

/** Markers that contradict each other are the migration's problem, not the folder's: the others can still be read. */
const readMarkedFile = (file: FolderFile, rules: MarkerRules): ReadFile => {
  const name = nameOf(file.path);
  const source = sourceOrProblem(file);
  if (isScript(source)) return { migration: { name, up: source, down: null }, notes: [] };
  try {
    const { byDirection, above } = sectionsIn(source.bytes.toString('utf8'), rules);
    const up = scriptOf(file.path, byDirection.get('up'));
    const down = scriptOf(file.path, byDirection.get('down'));
    const missing = `${file.path}: there is no "up" marker, without which ${rules.tool} refuses it; expected one. Add it`;
    return {
      migration: { name, up: up ?? problemScript(file.path, missing), down: down && unlessEmpty(down) },
      notes: up ? notesAbove(file.path, above, rules) : [],
    };
  } catch (error) {
    if (!(error instanceof MarkerProblem)) throw error;
    const up = problemScript(file.path, `${file.path}:${error.line}: ${error.message}`);
    return { migration: { name, up, down: null }, notes: [] };
  }
};

/** In the order of the files. */
export const readMarkedFiles = (files: readonly FolderFile[], rules: MarkerRules): ReadMigrations => {
  const read = files.map((file) => readMarkedFile(file, rules));
  return { migrations: read.map(({ migration }) => migration), notes: read.flatMap(({ notes }) => notes) };
};

/** True when a line of the file is a marker of the way forward or back. */
export const hasMarkers = ({ path, bytes }: FolderFile, { readMarker }: MarkerRules): boolean =>
  path.endsWith('.sql') &&
  bytes
    .toString('utf8')
    .split(/\r?\n/)
    .some((line) => ['up', 'down'].includes(readMarker(line)?.command ?? ''));
