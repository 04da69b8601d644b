/** Judges Step 12: what the application around the database answered to the declared probes. */

import type { DeclaredApplication, DeclaredProbe } from '#domain/checks/checks';
import type { Answer, BoxAnswer } from '#domain/evidence/document';

export type ProbeAnswer = {
  readonly probe: DeclaredProbe;
  readonly answer: { readonly status: number | null; readonly error: string | null; readonly durationMs: number };
};

type Judgement = { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] };

const answerAll = (answer: Answer, reason: string): Judgement => ({
  boxes: ['12.1', '12.2', '12.3'].map((box) => ({ box, answer, reason })),
  failures: [],
});

const failureOf = ({ probe, answer }: ProbeAnswer): readonly string[] =>
  answer.status === probe.expectedStatus
    ? []
    : [
        `${probe.name}: ${answer.status === null ? (answer.error ?? 'no answer') : `status ${answer.status}`}, expected ${probe.expectedStatus}`,
      ];

const judgeErrors = (
  answers: readonly ProbeAnswer[],
  facts: { readonly probes: readonly ProbeAnswer[] },
): BoxAnswer => {
  const box = '12.3';
  const errors = answers.filter(({ answer }) => answer.status === null || answer.status >= 500);
  if (errors.length > 0)
    return { box, answer: 'failed', reason: `ended in an error: ${errors.flatMap(failureOf).join('; ')}`, facts };
  const reason = 'no probe ended in an error; the application log is not read yet';
  return { box, answer: 'open', reason, facts };
};

const judgeProbes = (probes: readonly DeclaredProbe[], answers: readonly ProbeAnswer[]): Judgement => {
  const unasked = probes.filter(({ line }) => !answers.some(({ probe }) => probe.line === line));
  const failures = answers.flatMap(failureOf);
  if (failures.length === 0 && (unasked.length > 0 || answers.length === 0))
    return answerAll('open', `not probed: ${unasked.map(({ name }) => name).join('; ') || 'no probe is declared'}`);
  const facts = { probes: answers };
  const answer = failures.length > 0 ? 'failed' : 'proved';
  const reason = failures.join('; ') || answers.map((one) => `${one.probe.name}: ${one.answer.status}`).join('; ');
  return {
    boxes: [
      { box: '12.1', answer, reason, facts },
      { box: '12.2', answer, reason, facts },
      judgeErrors(
        answers.filter((one) => failureOf(one).length > 0),
        facts,
      ),
    ],
    failures,
  };
};

/** Boxes 12.1–12.3. */
export const judgeApplication = (
  application: DeclaredApplication,
  answers: readonly ProbeAnswer[],
): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  if (application.kind === 'none') return answerAll('not applicable', `declared: ${application.reason}`);
  if (application.kind === 'undeclared')
    return answerAll(
      'open',
      'nothing is declared: add "-- probe: …" or "-- application: none, <reason>" to the .checks.sql',
    );
  return judgeProbes(application.probes, answers);
};
