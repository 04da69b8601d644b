/** node-pg-migrate's SQL files: `-- Up Migration` and `-- Down Migration`; without a marker all of the file goes forward. */
import { byName, fileNameOf, isAtTop, nameOf } from './file-path';
import type { FolderFile, FolderForm, FolderMigration, FolderNote, Script } from './folder';
import { isPaired } from './pairs';
import { sameVersions } from './same-version';
import { isScript, sourceOrProblem, unlessEmpty } from './script';

const markerOf = (direction: 'up' | 'down') => new RegExp(`^\\s*--[\\s-]*${direction}\\s+migration`, 'im');
const [upMarker, downMarker] = [markerOf('up'), markerOf('down')];

const scriptOf = (fileName: string, text: string, start: number, end: number): Script => {
  const line = text.slice(0, start).split('\n').length;
  const parts = [{ text: text.slice(start, end), line, isOnePiece: false }];
  return { fileName, parts, inTransaction: true, problem: null };
};

const readFile = (file: FolderFile): FolderMigration => {
  const name = nameOf(file.path);
  const source = sourceOrProblem(file);
  if (isScript(source)) return { name, up: source, down: null };
  const text = source.bytes.toString('utf8');
  const [up, down] = [text.search(upMarker), text.search(downMarker)];
  const stretch = (start: number, other: number) =>
    scriptOf(file.path, text, start, other > start ? other : text.length);
  return {
    name,
    up: up === -1 ? scriptOf(file.path, text, 0, text.length) : stretch(up, down),
    down: down === -1 ? null : unlessEmpty(stretch(down, up)),
  };
};

const runsDownAsUp = ({ bytes }: FolderFile) => {
  const text = bytes.toString('utf8');
  return !upMarker.test(text) && downMarker.test(text);
};

const digitsOf = ({ path }: { readonly path: string }) => /^\d+/.exec(fileNameOf(path))?.[0] ?? '';

/** Seventeen digits are a moment in UTC, others a number: milliseconds, or the team's own. */
const momentOf = (digits: string): number => {
  const [, year, month, day, hour, minute, second, millisecond] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits)?.map(Number) ?? [];
  return year === undefined ? Number(digits) : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second, millisecond);
};

const inOrder = (one: FolderFile, other: FolderFile) =>
  momentOf(digitsOf(one)) - momentOf(digitsOf(other)) || byName(one.path, other.path);

/** Stricter than the tool, which takes the first words of any comment: "-- Down migrations are not available" shows nothing. */
const ownLine = /^\s*--[\s-]*(?:up|down)\s+migration[ \t-]*(?:[:(].*)?\r?$/im;

/** One of two files is another form, whatever its comments say. */
const isMarked = (file: FolderFile) =>
  file.path.endsWith('.sql') && !isPaired(file) && ownLine.test(file.bytes.toString('utf8'));

const both = 'has no Up marker, so node-pg-migrate runs all of it forwards, the way back too';

export const nodePgMigrate: FolderForm = {
  id: 'node-pg-migrate',
  name: 'node-pg-migrate',
  showing: (files) => files.filter((file) => isAtTop(file) && isMarked(file)),
  takesToo: (file) => isAtTop(file) && /^\d+.*\.sql$/.test(file.path) && !isPaired(file),
  read: (files) => ({
    migrations: files.toSorted(inOrder).map(readFile),
    notes: [
      ...sameVersions(files, digitsOf, 'node-pg-migrate too'),
      ...files.filter(runsDownAsUp).map(({ path }): FolderNote => ({ says: both, name: path })),
    ],
  }),
  ownTables: ['pgmigrations'],
};
