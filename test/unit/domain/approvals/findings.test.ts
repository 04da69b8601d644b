import { byUrgency, openAttestations } from '#domain/approvals/findings';
import { latestAnswers } from '#domain/evidence/answers';
import { missingLinks } from '#domain/evidence/chain';
import type { Answer, BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import type { BoxId } from '#lambdas/checklist';

const answer = (box: BoxId, given: Answer): BoxAnswer => ({ box, answer: given, reason: `because of ${box}` });

const document = (
  name: string,
  boxes: readonly BoxAnswer[] = [],
  previous: readonly string[] = [],
): EvidenceDocument => ({
  format: 1,
  runId: 'run-1',
  name,
  title: name,
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:01.000Z',
  previous,
  boxes,
  findings: [],
  error: null,
  facts: {},
});

const stored = (name: string, previous: readonly string[] = []) => ({
  ref: { key: `runs/run-1/${name}.json`, sha256: `hash of ${name}` },
  document: document(name, [], previous),
});

test('failures come first, then what is open, and the rest keeps its order', () => {
  const answers = [answer('1.2', 'proved'), answer('1.1', 'open'), answer('1.3', 'proved'), answer('1.4', 'failed')];

  expect(byUrgency(answers).map(({ box }) => box)).toEqual(['1.4', '1.1', '1.2', '1.3']);
});

test('a later answer to a box takes the place of the earlier one', () => {
  const documents = [document('01', [answer('1.1', 'open')]), document('02', [answer('1.1', 'attested')])];

  expect(latestAnswers(documents)).toEqual([answer('1.1', 'attested')]);
});

test('only what nothing has answered is put to the approver', () => {
  const documents = [
    document('01', [answer('1.1', 'proved'), answer('2.1', 'open'), answer('3.3', 'failed'), answer('1.5', 'open')]),
  ];

  expect(openAttestations('review', documents)).toEqual(['2.1']);
});

test('a box that no document answers is open', () => {
  expect(openAttestations('apply', [])).toEqual(['6.3']);
  expect(openAttestations('rollback', [])).toEqual([]);
});

test('a whole chain misses nothing, also where it forks and joins', () => {
  const open = stored('00');
  const left = stored('01', [open.ref.sha256]);
  const right = stored('02', [open.ref.sha256]);

  expect(missingLinks([left.ref.sha256, right.ref.sha256], [open, left, right])).toEqual([]);
});

test('a changed document breaks the chain wherever it stands', () => {
  const open = stored('00');
  const left = stored('01', ['hash before the change']);

  expect(missingLinks([left.ref.sha256], [open, left])).toEqual(['hash before the change']);
  expect(missingLinks(['another'], [open, left])).toEqual(['another']);
});

test('without a pull request nobody attests that the change is in one', () => {
  const documents = [document('01', [{ ...answer('1.1', 'open'), facts: { pullRequest: null } }])];

  expect(openAttestations('review', documents)).toEqual(['2.1', '3.3']);
});
