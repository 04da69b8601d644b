import {
  lockAttemptsInWords,
  lockTimeoutOf,
  missingPauseMs,
  stalledShare,
  workflowPause,
} from '#domain/locks/lock-attempts';
import { loadDefinition } from '#statemachine/load-definition';

const longestMs = 2_000;
const start = Date.parse('2026-11-22T08:00:00.000Z');

/** Attempts on a clock of their own: each waits its whole time, plus `overheadMs`, then the workflow pauses, and what that lacks. */
const attempt = (count: number, { longest = longestMs, overheadMs = 0 } = {}) => {
  const attempts: { readonly at: string; readonly stalledMs: number; readonly lockTimeoutMs: number }[] = [];
  const shares: number[] = [];
  let nowMs = start;
  for (let number = 0; number < count; number++) {
    const lockTimeoutMs = lockTimeoutOf(number, longest);
    const stalledMs = lockTimeoutMs + overheadMs;
    attempts.push({ at: new Date(nowMs).toISOString(), stalledMs, lockTimeoutMs });
    nowMs += stalledMs;
    const share = stalledShare(attempts, nowMs);
    if (share !== null) shares.push(share);
    nowMs += Math.min(workflowPause.longestMs, workflowPause.firstMs * 2 ** number);
    nowMs += missingPauseMs(attempts, number, longest);
  }
  return { attempts, shares, overMs: nowMs - start };
};

test('attempts begin short and grow to the longest wait', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((number) => lockTimeoutOf(number, longestMs))).toEqual([
    100, 200, 400, 800, 1_600, 2_000, 2_000,
  ]);
});

test.each([
  ['usual', {}],
  ['with statements of half a second before the one that waits', { overheadMs: 500 }],
  ['with a configured wait of twenty seconds', { longest: 20_000 }],
])('the tables are stalled for a tenth of the time at most, whenever one looks: %s', (_, given) => {
  const { shares } = attempt(workflowPause.attempts, given);

  expect(shares).toHaveLength(workflowPause.attempts - 1);
  expect(Math.max(...shares)).toBeLessThanOrEqual(0.1001);
});

test("in the usual case the workflow's pauses are enough, and the attempts take about five minutes", () => {
  const { attempts, overMs } = attempt(workflowPause.attempts);

  expect(attempts.map((_, index) => missingPauseMs(attempts.slice(0, index + 1), index, longestMs))).toEqual(
    attempts.map(() => 0),
  );
  expect(overMs / 60_000).toBeGreaterThan(4);
  expect(overMs / 60_000).toBeLessThan(6);
});

test('the workflow pauses as the arithmetic takes it to', () => {
  for (const [workflow, state] of [
    ['migration-checklist', 'Step 8: Apply migration'],
    ['migration-rollback', 'Roll back'],
  ] as const) {
    const { States } = loadDefinition(workflow) as { States: Record<string, { Retry: { ErrorEquals: string[] }[] }> };
    expect(States[state]?.Retry.find(({ ErrorEquals }) => ErrorEquals.includes('LockNotAvailable'))).toEqual({
      ErrorEquals: ['LockNotAvailable'],
      IntervalSeconds: workflowPause.firstMs / 1_000,
      BackoffRate: 2,
      MaxDelaySeconds: workflowPause.longestMs / 1_000,
      MaxAttempts: workflowPause.attempts,
      JitterStrategy: 'NONE',
    });
  }
});

test('the share is said with what it is a share of', () => {
  const attempts = attempt(4).attempts.map((one) => ({ ...one, blockers: [] }));

  expect(lockAttemptsInWords([])).toBeNull();
  expect(lockAttemptsInWords(attempts.slice(0, 1))).toBe('1 attempt at its locks stalled its tables for 0.1 s');
  expect(lockAttemptsInWords(attempts)).toBe('4 attempts at its locks stalled its tables for 1.5 s of 22.5 s (7 %)');
});
