/** Drizzle: `meta/_journal.json` says which files there are and in which order; it never goes back, and passes over a file beside that would. */
import { InvalidInput } from '#domain/errors';
import { isAtTop } from './file-path';
import type { FolderFile, FolderForm, FolderNote, Script, ScriptPart } from './folder';
import { isScript, problemScript, sourceOrProblem, unlessEmpty, wholeFile } from './script';

const journalPath = 'meta/_journal.json';
const breakpoint = '--> statement-breakpoint';

type Entry = { readonly tag: string; readonly when: number };

const refuse = (what: string) =>
  new InvalidInput(
    `${journalPath} ${what}; expected Drizzle's journal, {"entries": [{"idx": 0, "when": 1700000000000, "tag": "0000_name"}]}. Restore it`,
  );

/** Errors: InvalidInput when it is no journal. */
const entriesOf = ({ bytes }: FolderFile): readonly Entry[] => {
  let journal: { readonly entries?: unknown } | null;
  try {
    journal = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw refuse(`is no JSON: ${(error as Error).message}`);
  }
  const entries = journal?.entries;
  if (!Array.isArray(entries)) throw refuse('has no list of entries');
  return entries.map((entry: Partial<Entry> | null, index) => {
    if (typeof entry?.tag !== 'string' || typeof entry.when !== 'number')
      throw refuse(`has no tag or no when in entry ${index + 1} of ${entries.length}`);
    return { tag: entry.tag, when: entry.when };
  });
};

/** The chunks between the breakpoints, each with its line. */
export const chunksOf = (text: string): readonly ScriptPart[] => {
  let line = 1;
  return text.split(breakpoint).map((chunk) => {
    const part = { text: chunk, line, isOnePiece: false };
    line += chunk.split('\n').length - 1;
    return part;
  });
};

const scriptOf = (file: FolderFile): Script => {
  const source = sourceOrProblem(file);
  if (isScript(source)) return source;
  return { fileName: file.path, parts: chunksOf(source.bytes.toString('utf8')), inTransaction: true, problem: null };
};

/** Drizzle looks at the newest moment in its table alone. */
const skippedLater = (entries: readonly Entry[]): readonly FolderNote[] => {
  let newest = Number.NEGATIVE_INFINITY;
  return entries.flatMap(({ tag, when }) => {
    const isOlder = when <= newest;
    newest = Math.max(newest, when);
    const says =
      'its "when" is not newer than that of an entry before it, so Drizzle passes over it without a word where that one is applied';
    return isOlder ? [{ says, name: tag }] : [];
  });
};

const isJournal = ({ path }: FolderFile) => path === journalPath;

const ofJournal = (files: readonly FolderFile[]): readonly FolderFile[] => {
  const journal = files.find(isJournal);
  if (!journal) return [];
  const tags = new Set(entriesOf(journal).map(({ tag }) => `${tag}.sql`));
  return files.filter(
    (file) => isJournal(file) || (isAtTop(file) && tags.has(file.path.replace(/\.down\.sql$/, '.sql'))),
  );
};

export const drizzle: FolderForm = {
  id: 'drizzle',
  name: 'Drizzle',
  showing: ofJournal,
  read: (files) => {
    const journal = files.find(isJournal);
    if (!journal) throw refuse('is not there');
    const entries = entriesOf(journal);
    const migrations = entries.map(({ tag }) => {
      const path = `${tag}.sql`;
      const file = files.find((one) => one.path === path);
      const missing = `${path}: the journal names it and it is not in the folder; expected the file. Restore it`;
      const back = files.find((one) => one.path === `${tag}.down.sql`);
      const up = file ? scriptOf(file) : problemScript(path, missing);
      return { name: tag, up, down: back ? unlessEmpty(wholeFile(back)) : null };
    });
    return { migrations, notes: skippedLater(entries) };
  },
  ownTables: ['__drizzle_migrations'],
};
