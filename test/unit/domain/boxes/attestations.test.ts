import { type ApprovalFacts, attestations } from '#domain/boxes/attestations';
import { allBoxes, type BoxId } from '#lambdas/checklist';
import { answersOf } from '#test/support/judged';

const decided = (...attested: readonly BoxId[]): ApprovalFacts => ({
  stage: 'review',
  decision: 'approved',
  by: 'ada@example.org',
  at: '2026-11-22T08:30:00.000Z',
  reason: 'read line by line',
  expiresAt: '2026-11-23T08:00:00.000Z',
  binding: 'b1',
  evidence: [],
  attested,
});

test('a ticked box is attested, with who ticked it and why', () => {
  expect(answersOf(attestations, decided('1.1', '6.3'))).toEqual([
    { box: '1.1', answer: 'attested', reason: 'attested by ada@example.org: read line by line' },
    { box: '6.3', answer: 'attested', reason: 'attested by ada@example.org: read line by line' },
  ]);
});

test('a box that was not ticked is left as it was', () => {
  expect(answersOf(attestations, decided())).toEqual([]);
});

test('a person can attest what the checklist leaves to one, and nothing else', () => {
  const byPerson = allBoxes.filter(({ how }) => how !== 'proved').map(({ id }) => id);
  const byProof = allBoxes.filter(({ how }) => how === 'proved').map(({ id }) => id);

  expect(byPerson.length).toBeGreaterThan(0);
  expect(byProof.length).toBeGreaterThan(0);
  expect(Object.keys(attestations)).toEqual(byPerson);
  expect(answersOf(attestations, decided(...byPerson)).map(({ box }) => box)).toEqual(byPerson);
  expect(answersOf(attestations, decided(...byProof))).toEqual([]);
});

test('who rejects attests nothing, whatever is ticked', () => {
  expect(answersOf(attestations, { ...decided('1.1', '6.3'), decision: 'rejected' })).toEqual([]);
});

test('without a decision nothing is attested', () => {
  expect(answersOf(attestations, { attested: ['1.1'], by: 'ada@example.org' })).toEqual([]);
});
