import type { MonitorFacts } from '#domain/boxes/16-monitor';
import { emptySummary } from '#domain/monitoring/watch';
import { seenByUsers } from '#domain/reports/seen-by-users';
import { timelineOf } from '#domain/reports/timeline';
import { document, ledgerEntry } from '#test/support/documents';

const at = (minute: number) => `2026-11-22T09:${String(minute).padStart(2, '0')}:00.000Z`;

const entry = ledgerEntry({ runId: 'run-0', migration: '002_create_notes.sql', appliedAt: at(0) });

const applied = document('08-apply-migration', { runId: 'run-0', facts: { applied: { entry } } });

const watch: MonitorFacts = {
  openedAt: at(1),
  endedAt: at(10),
  until: '2026-11-23T09:01:00.000Z',
  alarms: {
    raised: [
      { id: 'sessions-wait-for-locks', at: at(9), reason: '2 out of 3 [8, 8]', wasUpBefore: false },
      { id: 'connections-near-limit', at: at(0), reason: 'up already', wasUpBefore: true },
    ],
    unjudged: [],
  },
  summary: { ...emptySummary, samples: 3, mostConnections: 12, mostLockWaits: 8 },
  knowsStatementsOfBefore: false,
  logGroups: [],
  outcome: 'alarm',
  words: '',
};

const monitor = document('16-monitor', { runId: 'run-0', facts: watch });

const approval = document('approve-rollback', {
  title: 'Approve rollback',
  startedAt: at(12),
  facts: {
    ...{ stage: 'rollback', decision: 'approved', by: 'ada@example.org, bob@example.org', at: at(14), reason: 'now' },
    answers: [
      { by: 'ada@example.org', at: at(13), decision: 'approved', reason: 'now', how: 'on the page', operator: null },
      { by: 'bob@example.org', at: at(14), decision: 'approved', reason: '', how: 'from the terminal', operator: null },
    ],
  },
});

const session = { processId: 77, startedAt: at(0), application: 'reports', role: 'app', outcome: 'ended' };

const rolledBack = document('roll-back', {
  facts: {
    approvedBy: 'ada@example.org',
    ended: [{ ...session, at: at(15) }],
    lockAttempts: [{ at: at(16), stalledMs: 100, lockTimeoutMs: 100, blockers: ['process 78'], round: 0 }],
    outcome: { statements: [], rolledBackAt: at(17) },
  },
});

const opened = document('open-rollback', { startedAt: at(11), facts: { entries: [entry] } });
const verified = document('verify-rollback', { finishedAt: at(18), facts: { compared: 'the catalog is equal' } });

test('apply, alarm, question, answers, ended sessions, attempts, rollback and comparison follow each other by their times', () => {
  const told = timelineOf([verified, rolledBack, approval, opened, monitor, applied]);

  expect(told.map((one) => [one.at.slice(14, 16), one.what])).toEqual([
    ['00', '002_create_notes.sql was applied, run run-0'],
    ['01', 'the watch of the target began'],
    ['09', 'alarm: Sessions wait for locks: 2 out of 3 [8, 8]'],
    ['11', 'a rollback of 002_create_notes.sql was asked for'],
    ['12', 'people were asked: Approve rollback'],
    ['13', 'rollback approved by ada@example.org, on the page: now'],
    ['14', 'rollback approved by bob@example.org, from the terminal'],
    ['15', expect.stringMatching(/77.* was ended, as approved$/)],
    ['16', 'the rollback did not get its locks: process 78'],
    ['17', 'it was rolled back, approved by ada@example.org'],
    ['18', 'the catalog is equal'],
  ]);
});

test('a step that failed is told with its error, and what was asked before the apply is not told', () => {
  const failed = document('09-verify-schema', {
    title: 'Verify schema',
    finishedAt: at(2),
    error: { name: 'VerificationFailed', message: 'an index is missing' },
  });
  const earlier = document('approve-apply', { facts: { ...approval.facts, stage: 'apply' } });

  expect(timelineOf([earlier, applied, failed]).map(({ what }) => what)).toEqual([
    '002_create_notes.sql was applied, run run-0',
    'Verify schema failed: an index is missing (VerificationFailed)',
  ]);
});

test('nothing is told of documents that hold nothing', () => {
  const empty = ['08-apply-migration', '16-monitor', 'open-rollback', 'roll-back', 'verify-rollback'];

  expect(timelineOf(empty.map((name) => document(name)))).toEqual([]);
});

test('what was alarming in the window is told with metric, limit, values and times; what was up before is not', () => {
  expect(seenByUsers([applied, monitor])).toEqual({
    ...{ state: 'measured', from: at(1), until: at(10), samples: 3, mostConnections: 12, mostLockWaits: 8 },
    alarming: [
      {
        metric: 'Sessions that wait for a lock, beyond those of before',
        limit: expect.stringMatching(/^more than \d+ in 2 of 3 looks$/),
        ...{ values: '2 out of 3 [8, 8]', from: at(9), until: at(10) },
      },
    ],
  });
});

test('without a watch, and where no look saw anything, nothing was measured', () => {
  const blind = document('16-monitor', { facts: { ...watch, summary: emptySummary } });

  expect(seenByUsers([applied])).toMatchObject({ state: 'not measured', why: expect.stringContaining('not watched') });
  expect(seenByUsers([blind])).toMatchObject({ state: 'not measured', why: expect.stringContaining(at(1)) });
});
