/** Step 12: what the application around the database answered to the declared probes. */
import type { ChecksFile, DeclaredApplication, DeclaredProbe } from '#domain/checks/checks';
import {
  type Artifact,
  failed,
  type Judge,
  type Judgement,
  judgeOf,
  notApplicable,
  open,
  proved,
  type Room,
} from './room';

export type ProbeAnswer = {
  readonly probe: DeclaredProbe;
  readonly answer: { readonly status: number | null; readonly error: string | null; readonly durationMs: number };
};

export type ApplicationFacts = {
  readonly checks: Artifact<ChecksFile> | null;
  readonly answers: readonly ProbeAnswer[];
};

const failureOf = ({ probe, answer }: ProbeAnswer): readonly string[] =>
  answer.status === probe.expectedStatus
    ? []
    : [
        `${probe.name}: ${answer.status === null ? (answer.error ?? 'no answer') : `status ${answer.status}`}, expected ${probe.expectedStatus}`,
      ];

/** Null where the probes decide. */
const judgeDeclaration = (application: DeclaredApplication): Judgement | null => {
  if (application.kind === 'none') return notApplicable(`declared: ${application.reason}`);
  return application.kind === 'undeclared'
    ? open('nothing is declared: add "-- probe: …" or "-- application: none, <reason>" to the .checks.sql')
    : null;
};

/** What the checks file declares. */
export const applicationOf = (checks: Pick<ChecksFile, 'application'> | null): DeclaredApplication =>
  checks?.application ?? { kind: 'undeclared' };

export const declaredProbes = (application: DeclaredApplication): readonly DeclaredProbe[] =>
  application.kind === 'probes' ? application.probes : [];

/** What is not as declared, one sentence each. */
export const unexpectedAnswers = (answers: readonly ProbeAnswer[]): readonly string[] => answers.flatMap(failureOf);

/** Null when each declared probe was asked and one answer at least was not as declared, or all were. */
const judgeUnasked = (probes: readonly DeclaredProbe[], answers: readonly ProbeAnswer[]): Judgement | null => {
  const unasked = probes.filter(({ line }) => !answers.some(({ probe }) => probe.line === line));
  return unexpectedAnswers(answers).length === 0 && (unasked.length > 0 || answers.length === 0)
    ? open(`not probed: ${unasked.map(({ name }) => name).join('; ') || 'no probe is declared'}`)
    : null;
};

const judgeAnswers = (answers: readonly ProbeAnswer[]): Judgement => {
  const failures = unexpectedAnswers(answers);
  return failures.length > 0
    ? failed(failures.join('; '), { probes: answers })
    : proved(answers.map((one) => `${one.probe.name}: ${one.answer.status}`).join('; '), { probes: answers });
};

const judgeErrors = (answers: readonly ProbeAnswer[]): Judgement => {
  const errors = answers
    .filter((one) => failureOf(one).length > 0)
    .filter(({ answer }) => answer.status === null || answer.status >= 500);
  return errors.length > 0
    ? failed(`ended in an error: ${errors.flatMap(failureOf).join('; ')}`, { probes: answers })
    : open('no probe ended in an error; the application log is not read yet', { probes: answers });
};

const probed = (judgeProbes: (answers: readonly ProbeAnswer[]) => Judgement): Judge<ApplicationFacts> =>
  judgeOf<ApplicationFacts>()(['checks', 'answers'], ({ checks, answers }) => {
    const application = applicationOf(checks);
    return judgeDeclaration(application) ?? judgeUnasked(declaredProbes(application), answers) ?? judgeProbes(answers);
  });

export const applicationIntegration: Room<12, ApplicationFacts> = {
  '12.1': probed(judgeAnswers),
  '12.2': probed(judgeAnswers),
  '12.3': probed(judgeErrors),
};
