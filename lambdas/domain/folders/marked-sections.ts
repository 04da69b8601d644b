/** Files in which comment lines say where the way forward begins and where the way back: goose, sql-migrate, dbmate. */
import { fileNameOf } from './file-path';
import type { FolderFile, FolderMigration, Script, ScriptPart } from './folder';
import { isScript, problemScript, sourceOrProblem, unlessEmpty } from './script';

export type Marker =
  | { readonly command: 'up' | 'down'; readonly inTransaction: boolean }
  | { readonly command: 'begin' | 'end' | 'no transaction' | 'other' };

/** What the line says to the tool; null for any other line. */
export type ReadMarker = (line: string) => Marker | null;

type Direction = 'up' | 'down';

type Section = { readonly parts: ScriptPart[]; inTransaction: boolean };

const isBlankOrComment = (line: string) => /^\s*(--.*)?$/.test(line);

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

const sectionsIn = (text: string, readMarker: ReadMarker): ReadonlyMap<Direction, Section> => {
  const sections = new Map<Direction, Section>();
  let direction: Direction | null = null;
  let lines: string[] = [];
  let start = 1;
  let blockLine: number | null = null;
  let everywhereInTransaction = true;
  const close = (nextStart: number, isOnePiece = false) => {
    if (direction !== null) sections.get(direction)?.parts.push(...partOf(lines, start, isOnePiece));
    lines = [];
    start = nextStart;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    const marker = readMarker(line);
    if (marker === null) {
      if (direction === null && !isBlankOrComment(line))
        throw new MarkerProblem(number, 'a statement stands above the first marker; expected it below "up". Move it');
      lines.push(line);
      continue;
    }
    if (marker.command === 'up' || marker.command === 'down') {
      if (blockLine !== null)
        throw new MarkerProblem(blockLine, 'StatementBegin is not ended before the next section; add StatementEnd');
      if (sections.has(marker.command))
        throw new MarkerProblem(number, `a second "${marker.command}" marker; expected one. Keep one section`);
      if (marker.command === 'down' && !sections.has('up'))
        throw new MarkerProblem(number, '"down" stands before "up"; expected "up" first. Swap the sections');
      close(number + 1);
      direction = marker.command;
      sections.set(direction, { parts: [], inTransaction: marker.inTransaction });
    } else if (marker.command === 'begin') {
      if (blockLine !== null || direction === null)
        throw new MarkerProblem(number, 'StatementBegin stands outside a section or inside another block. Move it');
      close(number + 1);
      blockLine = number;
    } else if (marker.command === 'end') {
      if (blockLine === null) throw new MarkerProblem(number, 'StatementEnd ends nothing; add StatementBegin above it');
      close(number + 1, true);
      blockLine = null;
    } else if (marker.command === 'no transaction') everywhereInTransaction = false;
    if (marker.command === 'no transaction' || marker.command === 'other') lines.push('');
  }
  if (blockLine !== null) throw new MarkerProblem(blockLine, 'StatementBegin is never ended; add StatementEnd');
  close(0);
  for (const section of sections.values()) section.inTransaction &&= everywhereInTransaction;
  return sections;
};

const scriptOf = (fileName: string, section: Section | undefined): Script | null =>
  section ? { fileName, ...section, problem: null } : null;

/** Markers that contradict each other are the migration's problem, not the folder's: the others can still be read. */
export const readMarkedFile =
  (readMarker: ReadMarker) =>
  (file: FolderFile): FolderMigration => {
    const name = fileNameOf(file.path).replace(/\.sql$/, '');
    const source = sourceOrProblem(file);
    if (isScript(source)) return { name, up: source, down: null };
    try {
      const sections = sectionsIn(source.bytes.toString('utf8'), readMarker);
      const up = scriptOf(file.path, sections.get('up'));
      const down = scriptOf(file.path, sections.get('down'));
      return {
        name,
        up: up ?? problemScript(file.path, `${file.path}: there is no "up" marker; expected one. Add it`),
        down: down && unlessEmpty(down),
      };
    } catch (error) {
      if (!(error instanceof MarkerProblem)) throw error;
      return { name, up: problemScript(file.path, `${file.path}:${error.line}: ${error.message}`), down: null };
    }
  };

/** True when a line of the text is a marker of the way forward or back. */
export const hasMarkers = (text: string, readMarker: ReadMarker): boolean =>
  text.split(/\r?\n/).some((line) => ['up', 'down'].includes(readMarker(line)?.command ?? ''));
