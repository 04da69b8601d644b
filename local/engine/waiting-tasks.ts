/** Tasks that wait for an answer to their token. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';
import type { Failure } from './errors';

export type Answer = { readonly output: unknown } | { readonly failure: Failure };

export type WaitingTask = {
  /** The attempt's key in the journal. */
  readonly key: string;
  /** Absolute, in milliseconds; null without a timeout. */
  readonly deadlineMs: number | null;
  lastHeartbeatMs: number;
  readonly answered: Promise<Answer>;
  state: 'waiting' | 'answered' | 'over';
};

export type WaitingTasks = {
  /** Registers a task, so that an answer can come; called before the token leaves the engine. */
  expect(token: string, key: string, deadlineMs: number | null): WaitingTask;
  /** Undefined when the token was never issued. */
  find(token: string): WaitingTask | undefined;
  settle(token: string, answer: Answer): void;
  /** Accepts no more answers for it. */
  close(token: string): void;
  /** Every token that this execution has issued, so that they can be redacted. */
  tokens(): readonly string[];
};

type Entry = WaitingTask & { readonly resolve: (answer: Answer) => void };

const createEntry = (key: string, deadlineMs: number | null, nowMs: number): Entry => {
  let resolve: Entry['resolve'] = () => undefined;
  const answered = new Promise<Answer>((settle) => {
    resolve = settle;
  });
  // A heartbeat window starts anew after a restart: while the engine was away nobody could send one.
  return { key, deadlineMs, lastHeartbeatMs: nowMs, answered, state: 'waiting', resolve };
};

export const createWaitingTasks = (clock: Clock): WaitingTasks => {
  const entries = new Map<string, Entry>();
  return {
    expect: (token, key, deadlineMs) => {
      const entry = entries.get(token) ?? createEntry(key, deadlineMs, clock.now().getTime());
      if (entry.state === 'over') entry.state = 'waiting';
      entries.set(token, entry);
      return entry;
    },
    find: (token) => entries.get(token),
    settle: (token, answer) => {
      const entry = entries.get(token);
      if (!entry) return;
      entry.state = 'answered';
      entry.resolve(answer);
    },
    close: (token) => {
      const entry = entries.get(token);
      if (entry?.state === 'waiting') entry.state = 'over';
    },
    tokens: () => [...entries.keys()],
  };
};

// 32 random bytes are the secret; the journal's id before them names the execution, also after its end.
export const issueToken = (journalId: string) =>
  Buffer.from(`${journalId}.${randomBytes(32).toString('base64url')}`).toString('base64url');

/** The id of the journal that a token belongs to; null when the text is no token of ours. */
export const journalIdOfToken = (token: string): string | null =>
  /^([\w-]+)\.[\w-]{43}$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1] ?? null;

/** Redacts tokens in a text that is shown: anybody who has one can answer for a person. */
export const redactTokens = (text: string, tokens: readonly string[]) =>
  tokens.reduce((shown, token) => shown.replaceAll(token, '(task token)'), text);
