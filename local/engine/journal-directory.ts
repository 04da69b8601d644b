/** The directory of journals: one file per execution, and the definitions they run on. */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type ExecutionSummary, identityOf, summaryOf } from './execution-record';
import { cutTornLine, type Journal, type JournalLine, openJournal, readEnds, readJournal } from './journal';

export type JournalDirectory = {
  /** A new journal with its first line. Leaves nothing behind when that cannot be written. */
  create(journalId: string, first: JournalLine): Journal;
  /** For an execution that an earlier process left: its journal, repaired, and its lines. */
  reopen(journalId: string): Promise<{ readonly journal: Journal; readonly lines: readonly JournalLine[] }>;
  read(journalId: string): Promise<readonly JournalLine[]>;
  readEnds(journalId: string): Promise<{ readonly first: JournalLine; readonly last: JournalLine } | null>;
  /** Every execution there is, in the order of its start. */
  list(): Promise<readonly { readonly summary: ExecutionSummary; readonly journalId: string }[]>;
  /** Keeps a definition for the executions that run on it; returns its name. */
  keepDefinition(definition: Record<string, unknown>): string;
  readDefinition(name: string): Promise<Record<string, unknown>>;
};

const ending = '.jsonl';

// Null, and the file is removed, when not even the start was written: nobody got an answer that it had started.
const readWholeEnds = async (file: string) => {
  const ends = await readEnds(file);
  if (ends === null) await unlink(file);
  return ends;
};

export const openJournalDirectory = async (directory: string): Promise<JournalDirectory> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fileOf = (journalId: string) => path.join(directory, `${journalId}${ending}`);
  const definitionFileOf = (name: string) => path.join(directory, `definition-${name}.json`);
  return {
    create: (journalId, first) => {
      const file = fileOf(journalId);
      const journal = openJournal(file, { isNew: true });
      try {
        journal.append(first);
        return journal;
      } catch (error) {
        unlinkSync(file);
        throw error;
      }
    },
    reopen: async (journalId) => {
      const file = fileOf(journalId);
      await cutTornLine(file);
      return { journal: openJournal(file, { isNew: false }), lines: await readJournal(file) };
    },
    read: (journalId) => readJournal(fileOf(journalId)),
    readEnds: (journalId) => readEnds(fileOf(journalId)),
    list: async () => {
      const found = [];
      for (const name of (await readdir(directory)).filter((file) => file.endsWith(ending))) {
        const ends = await readWholeEnds(path.join(directory, name));
        if (ends === null) continue;
        const journalId = name.slice(0, -ending.length);
        found.push({ journalId, summary: summaryOf(identityOf(ends.first), ends.last) });
      }
      return found.sort((a, b) => a.summary.startDate.getTime() - b.summary.startDate.getTime());
    },
    keepDefinition: (definition) => {
      const text = JSON.stringify(definition);
      const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
      const file = definitionFileOf(name);
      if (existsSync(file)) return name;
      writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
      return name;
    },
    readDefinition: async (name) =>
      JSON.parse(await readFile(definitionFileOf(name), 'utf8')) as Record<string, unknown>,
  };
};
