import { judgeRestarts, type RestartJudgement } from '#domain/catalog/judge-restarts';
import type { BoxAnswer } from '#domain/evidence/document';

const box: BoxAnswer = { box: '13.2', answer: 'proved', reason: 'exactly as before', facts: { verdict: 'exact' } };

const judgement = (differing: Partial<RestartJudgement> = {}): RestartJudgement => ({
  unit: 1,
  verdict: 'exact',
  told: [],
  ...differing,
});

test('the box of an ordinary migration stays as it is', () => {
  expect(judgeRestarts(box, [], 1)).toBe(box);
});

test('a way back from each restart point is a proof more', () => {
  const judgements = [judgement(), judgement({ unit: 2, verdict: 'harmless', told: ['column order'] })];

  expect(judgeRestarts(box, judgements, 3)).toEqual({
    ...box,
    reason: 'exactly as before; so it is from every restart point (2)',
    facts: { verdict: 'exact', fromRestartPoints: judgements },
  });
});

test.each<[Partial<RestartJudgement>, string]>([
  [{ verdict: 'fails', told: ['statement 1 (line 9): in use'] }, 'the rollback fails: statement 1 (line 9): in use'],
  [{ verdict: 'differs', told: ['added index i'] }, 'the rollback leaves (differs): added index i'],
  [{ verdict: 'exact', told: ['public.t: 5 rows became 0'] }, 'the rollback leaves (exact): public.t: 5 rows became 0'],
])('no way back from one of them fails the box: %j', (differing, words) => {
  expect(judgeRestarts(box, [judgement({ unit: 2, ...differing })], 3)).toMatchObject({
    answer: 'failed',
    reason: `exactly as before; but when only 2 of 3 units are applied ${words}`,
  });
});

test('what was not rehearsed is said, because the whole rollback did not lead back', () => {
  const irreversible: BoxAnswer = { ...box, answer: 'failed', reason: 'irreversible by design' };

  expect(judgeRestarts(irreversible, [], 2)).toMatchObject({
    answer: 'failed',
    reason: 'irreversible by design; what it does when only some of the 2 units are applied was not rehearsed',
  });
});
