/** Judges Step 12: what the application around the database answered to the declared probes. */
import type { BoxAnswer } from '../evidence/document';
import type { DeclaredApplication, DeclaredProbe } from './checks';

export type ProbeAnswer = {
  readonly probe: DeclaredProbe;
  readonly answer: { readonly status: number | null; readonly error: string | null; readonly durationMs: number };
};

const boxIds = ['12.1', '12.2', '12.3'] as const;

/** Boxes 12.1–12.3. */
export const judgeApplication = (
  application: DeclaredApplication,
  answers: readonly ProbeAnswer[],
): { readonly boxes: readonly BoxAnswer[]; readonly failures: readonly string[] } => {
  if (application.kind === 'none')
    return {
      boxes: boxIds.map((box) => ({ box, answer: 'not applicable', reason: `declared: ${application.reason}` })),
      failures: [],
    };
  if (application.kind === 'undeclared')
    return {
      boxes: boxIds.map((box) => ({
        box,
        answer: 'open',
        reason: 'nothing is declared: add "-- probe: …" or "-- application: none, <reason>" to the .checks.sql',
      })),
      failures: [],
    };
  const failures = answers
    .filter(({ probe, answer }) => answer.status !== probe.expectedStatus)
    .map(
      ({ probe, answer }) =>
        `${probe.name}: ${answer.status === null ? answer.error : `status ${answer.status}`}, expected ${probe.expectedStatus}`,
    );
  const facts = { probes: answers };
  const reason =
    failures.join('; ') || answers.map(({ probe, answer }) => `${probe.name}: ${answer.status}`).join('; ');
  const serverErrors = answers.filter(({ answer }) => answer.status === null || answer.status >= 500);
  return {
    boxes: [
      { box: '12.1', answer: failures.length > 0 ? 'failed' : 'proved', reason, facts },
      { box: '12.2', answer: failures.length > 0 ? 'failed' : 'proved', reason, facts },
      serverErrors.length > 0
        ? { box: '12.3', answer: 'failed', reason: `${serverErrors.length} probes ended in an error`, facts }
        : {
            box: '12.3',
            answer: 'open',
            reason: 'no probe ended in an error; the application log is not read yet',
            facts,
          },
    ],
    failures,
  };
};
