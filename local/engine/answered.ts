/** What a state that ended well was answered: an alarm and a refusal end a state, and are no success. */

export type Verdict = 'alarm' | 'rejected';

type Answer = {
  readonly outcome?: unknown;
  readonly decision?: unknown;
  readonly summary?: unknown;
  readonly by?: unknown;
  readonly reason?: unknown;
};

export type Answered = { readonly verdict: Verdict; readonly words: string };

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * Null for what went as it should.
 *
 * @example
 * answeredIn({ outcome: 'alarm', summary: 'Deadlocks: 2' }) // { verdict: 'alarm', words: 'Deadlocks: 2' }
 */
export const answeredIn = (output: unknown): Answered | null => {
  const { outcome, decision, summary, by, reason } = (output ?? {}) as Answer;
  if (outcome === 'alarm') return { verdict: 'alarm', words: text(summary) };
  if (decision !== 'rejected') return null;
  return { verdict: 'rejected', words: [text(by), text(reason)].filter((one) => one !== '').join(': ') };
};
