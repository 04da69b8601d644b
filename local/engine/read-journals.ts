/** The executions of a journal directory, for whoever only looks: nothing is resumed, repaired or removed. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  descriptionOf,
  type ExecutionDescription,
  type ExecutionSummary,
  identityOf,
  summaryOf,
} from './execution-record';
import type { HistoryEvent } from './history';
import { readEnds, readJournal } from './journal';
import { journalIdOf, parseExecutionArn } from './names';
import { shownHistory, tokensIn, withoutTokens } from './shown-history';

export type JournalReader = {
  /** None where no execution was ever started. */
  list(): Promise<readonly ExecutionSummary[]>;
  /** Null when there is no such execution. */
  describe(executionArn: string): Promise<ExecutionDescription | null>;
  /** Oldest first; empty when there is no such execution. */
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
};

const ending = '.jsonl';

const ifThere = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
};

export const createJournalReader = (directory: string): JournalReader => {
  const linesOf = async (executionArn: string) => {
    const name = parseExecutionArn(executionArn)?.name;
    return name === undefined ? [] : ifThere(readJournal(path.join(directory, `${journalIdOf(name)}${ending}`)), []);
  };
  return {
    list: async () => {
      const files = (await ifThere(readdir(directory), [])).filter((file) => file.endsWith(ending));
      const ends = await Promise.all(files.map((file) => readEnds(path.join(directory, file))));
      return ends.flatMap((one) => (one === null ? [] : [summaryOf(identityOf(one.first), one.last)]));
    },
    describe: async (executionArn) => {
      const lines = await linesOf(executionArn);
      const [first, last] = [lines[0], lines.at(-1)];
      if (!first || !last) return null;
      const { startDate, stopDate, ...described } = descriptionOf(first, last);
      return { ...withoutTokens(described, tokensIn(lines)), startDate, ...(stopDate && { stopDate }) };
    },
    history: async (executionArn) => shownHistory(await linesOf(executionArn)),
  };
};
