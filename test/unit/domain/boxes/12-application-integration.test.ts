import {
  applicationIntegration,
  applicationOf,
  declaredProbes,
  type ProbeAnswer,
  unexpectedAnswers,
} from '#domain/boxes/12-application-integration';
import type { DeclaredApplication } from '#domain/checks/checks';
import { probe } from '#test/support/declared';
import { answersByBox, answersOf, checksFile } from '#test/support/judged';

const answered = (line: number, status: number | null, expectedStatus = 200): ProbeAnswer => ({
  probe: probe(line, expectedStatus),
  answer: { status, error: status === null ? 'no answer within 5 s' : null, durationMs: 3 },
});

const judgeApplication = (application: DeclaredApplication, answers: readonly ProbeAnswer[]) => ({
  boxes: answersOf(applicationIntegration, { checks: checksFile({ application }), answers }),
  failures: unexpectedAnswers(answers),
});

const judge = (...answers: readonly ProbeAnswer[]) =>
  judgeApplication({ kind: 'probes', probes: answers.map((one) => one.probe) }, answers);

test.each<[string, DeclaredApplication, string, string]>([
  ['declared away', { kind: 'none', reason: 'no backend yet' }, 'not applicable', 'declared: no backend yet'],
  ['not declared', { kind: 'undeclared' }, 'open', 'nothing is declared: add'],
])('an application that is %s', (_, application, answer, reason) => {
  const judged = judgeApplication(application, []);

  expect(answersByBox(judged.boxes)).toEqual({ '12.1': answer, '12.2': answer, '12.3': answer });
  expect(judged.boxes.map((box) => box.reason)).toEqual(Array(3).fill(expect.stringContaining(reason)));
  expect(judged.failures).toEqual([]);
});

test('probes that answer as declared prove the connection; the log is not read, so errors stay open', () => {
  const judged = judge(answered(3, 200), answered(4, 401, 401));

  expect(answersByBox(judged.boxes)).toEqual({ '12.1': 'proved', '12.2': 'proved', '12.3': 'open' });
  expect(judged.boxes[0]?.reason).toBe('probe 3: 200; probe 4: 401');
  expect(judged.failures).toEqual([]);
});

test('another status fails, and is no runtime error by itself', () => {
  const judged = judge(answered(3, 404), answered(4, 200));

  expect(answersByBox(judged.boxes)).toEqual({ '12.1': 'failed', '12.2': 'failed', '12.3': 'open' });
  expect(judged.failures).toEqual(['probe 3: status 404, expected 200']);
});

test.each([
  [500, 'status 500'],
  [null, 'no answer within 5 s'],
])('an answer of %s is a runtime error too', (status, words) => {
  const judged = judge(answered(3, status));

  expect(answersByBox(judged.boxes)).toEqual({ '12.1': 'failed', '12.2': 'failed', '12.3': 'failed' });
  expect(judged.boxes[2]?.reason).toBe(`ended in an error: probe 3: ${words}, expected 200`);
});

test('a probe that is declared to answer 503 is no runtime error when it does', () => {
  expect(answersByBox(judge(answered(3, 503, 503)).boxes)).toEqual({
    '12.1': 'proved',
    '12.2': 'proved',
    '12.3': 'open',
  });
});

test('a probe that was not asked proves nothing', () => {
  const application = { kind: 'probes', probes: [probe(3), probe(4)] } as const;

  const judged = judgeApplication(application, [answered(3, 200)]);

  expect(answersByBox(judged.boxes)).toEqual({ '12.1': 'open', '12.2': 'open', '12.3': 'open' });
  expect(judged.boxes[0]?.reason).toBe('not probed: probe 4');
  expect(judgeApplication({ kind: 'probes', probes: [] }, []).boxes[0]).toMatchObject({
    answer: 'open',
    reason: 'not probed: no probe is declared',
  });
});

test('a failed probe is a failure even when another was not asked', () => {
  const application = { kind: 'probes', probes: [probe(3), probe(4)] } as const;

  const judged = judgeApplication(application, [answered(3, 404)]);

  expect(judged.boxes[0]).toMatchObject({ answer: 'failed', reason: 'probe 3: status 404, expected 200' });
  expect(judged.failures).toHaveLength(1);
});

test('without a checks file nothing is declared and nothing is probed', () => {
  const probes = [probe(3)];

  expect(answersOf(applicationIntegration, { checks: null, answers: [] })).toEqual(
    judgeApplication({ kind: 'undeclared' }, []).boxes,
  );
  expect(declaredProbes(applicationOf(null))).toEqual([]);
  expect(declaredProbes({ kind: 'none', reason: 'no backend yet' })).toEqual([]);
  expect(declaredProbes(applicationOf(checksFile({ application: { kind: 'probes', probes } })))).toEqual(probes);
});
