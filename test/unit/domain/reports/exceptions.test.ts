import type { Answer, EvidenceDocument } from '#domain/evidence/document';
import { exceptionInWords, exceptionsIn, outcomeInWords, outcomeOf } from '#domain/reports/exceptions';

const box = (id: string, answer: Answer) => ({ id, label: `label of ${id}`, answer, reason: `because of ${id}` });

const approval = (facts: object): EvidenceDocument => ({
  format: 2,
  runId: 'run-1',
  name: 'approve-apply',
  title: 'Approve apply',
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:01.000Z',
  previous: [],
  boxes: [],
  findings: [],
  error: null,
  facts: { decision: 'approved', ...facts },
});

const accepted = (id: string, answer: Answer) => ({
  box: id,
  answer,
  found: 'x',
  by: 'ada@example.org',
  because: 'it may',
});

const outcome = (boxes: ReturnType<typeof box>[], facts: object) => {
  const documents = [approval(facts)];
  return outcomeOf('signed off', exceptionsIn(boxes, documents), documents);
};

test('a run is signed off where nothing failed, and open boxes were answered after the last question', () => {
  expect(outcome([box('1.1', 'proved'), box('16.2', 'open')], {})).toBe('signed off');
});

test('what was accepted and stays as it is is an exception, the failures first, with who accepted it and why', () => {
  const exceptions = exceptionsIn(
    [box('1.1', 'open'), box('1.5', 'failed'), box('2.1', 'attested')],
    [approval({ accepted: [accepted('1.5', 'failed'), accepted('1.1', 'open'), accepted('2.1', 'open')] })],
  );

  expect(exceptions.map(exceptionInWords)).toEqual([
    '1.5 failed: because of 1.5; accepted by ada@example.org: it may',
    '1.1 open: because of 1.1; accepted by ada@example.org: it may',
  ]);
});

test('a failure is never signed off silently: one that nobody was asked about is an exception too', () => {
  const documents = [approval({ accepted: [accepted('1.5', 'open')] })];
  const exceptions = exceptionsIn([box('1.5', 'failed')], documents);

  expect(exceptions.map(exceptionInWords)).toEqual(['1.5 failed: because of 1.5; accepted by nobody']);
  expect(outcomeOf('signed off', exceptions, documents)).toBe('signed off with exceptions');
});

test('where nobody looked at one question the whole is a demonstration', () => {
  const facts = { answers: [{ by: 'ada@example.org', how: 'nobody looked' }] };

  expect(outcome([box('1.5', 'failed')], facts)).toBe('demonstration');
  expect(outcomeInWords('demonstration')).toBe('demonstration, no sign-off: nobody looked (--yes)');
  expect(outcome([], { ...facts, decision: 'rejected' })).toBe('signed off');
});

test('a run that failed has failed, whoever looked', () => {
  expect(outcomeOf('failed', [], [approval({ answers: [{ how: 'nobody looked' }] })])).toBe('failed');
});
