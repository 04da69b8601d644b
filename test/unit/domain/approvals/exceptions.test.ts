import { exceptionsToAccept } from '#domain/approvals/exceptions';
import { stageQuestions } from '#domain/approvals/stages';
import { dryRun } from '#domain/boxes/06-dry-run';
import type { Answer, BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import type { BoxId } from '#lambdas/checklist';

const answer = (box: BoxId, given: Answer, reason = `because of ${box}`): BoxAnswer => ({ box, answer: given, reason });

const document = (name: string, boxes: readonly BoxAnswer[], facts = {}): EvidenceDocument => ({
  format: 2,
  runId: 'run-1',
  name,
  title: name,
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:01.000Z',
  previous: [],
  boxes,
  findings: [],
  error: null,
  facts,
});

const reviewed = document('01', [
  answer('1.5', 'open'),
  answer('2.4', 'failed'),
  answer('1.3', 'proved'),
  answer('2.1', 'open'),
]);

const accepted = (box: BoxId, given: Answer, found: string) =>
  document('approve-review', [], {
    accepted: [{ box, answer: given, found, by: 'ada@example.org', because: 'it may' }],
  });

test('what failed comes first, then what is open, and what is attested by a tick of its own is not accepted besides', () => {
  expect(exceptionsToAccept('review', [reviewed], ['2.1'])).toEqual([
    { box: '2.4', answer: 'failed', found: 'because of 2.4' },
    { box: '1.5', answer: 'open', found: 'because of 1.5' },
  ]);
});

test('nobody accepts a prediction that is measured before the next question', () => {
  const { measuredLater } = stageQuestions.review;
  const predicted = document(
    '03',
    measuredLater.map((box) => answer(box, 'failed')),
  );

  expect(exceptionsToAccept('review', [predicted], [])).toEqual([]);
  expect(exceptionsToAccept('apply', [predicted], []).map(({ box }) => box)).toEqual(measuredLater);
  for (const box of measuredLater) expect(Object.keys(dryRun)).toContain(box);
});

test('what was accepted at the review is not asked for again, unless it is another answer or another reason', () => {
  const asked = (document: EvidenceDocument) =>
    exceptionsToAccept('apply', [reviewed, document], ['2.1']).map(({ box }) => box);

  expect(asked(accepted('2.4', 'failed', 'because of 2.4'))).toEqual(['1.5']);
  expect(asked(accepted('2.4', 'open', 'because of 2.4'))).toEqual(['2.4', '1.5']);
  expect(asked(accepted('2.4', 'failed', 'another reason'))).toEqual(['2.4', '1.5']);
});

test('a rollback is not approved in spite of what failed: that is why it is asked for', () => {
  expect(exceptionsToAccept('rollback', [reviewed], [])).toEqual([]);
});

test('a reason of any length is put in one that fits a page', () => {
  const [exception] = exceptionsToAccept('apply', [document('06', [answer('6.2', 'failed', 'x'.repeat(5000))])], []);

  expect(exception?.found).toHaveLength(500);
});
