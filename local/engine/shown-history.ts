/** What a journal shows to a reader: events and descriptions without task tokens. */
import type { HistoryEvent } from './history';
import type { JournalLine } from './journal';
import { redactTokens } from './waiting-tasks';

export const withoutTokens = <T>(value: T, tokens: readonly string[]): T => {
  if (tokens.length === 0) return value;
  return JSON.parse(redactTokens(JSON.stringify(value), tokens)) as T;
};

/** Every token that the lines hold. */
export const tokensIn = (lines: readonly JournalLine[]): readonly string[] =>
  lines.flatMap(({ data }) => (data as { readonly token?: string } | undefined)?.token ?? []);

export const shownHistory = (lines: readonly JournalLine[]): readonly HistoryEvent[] =>
  withoutTokens(
    lines.flatMap(({ event }) => event ?? []),
    tokensIn(lines),
  );
