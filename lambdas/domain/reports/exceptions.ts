/** What stands against a sign-off: boxes that stay failed, or that somebody has accepted as open, and approvals where nobody looked. */
import { type AcceptedException, type ApprovalFacts, nobodyLooked } from '#domain/boxes/attestations';
import type { Answer, EvidenceDocument } from '#domain/evidence/document';

/** A box that is failed, or open and accepted as such, when the run ends. */
export type ReportException = {
  readonly id: string;
  readonly label: string;
  readonly answer: 'failed' | 'open';
  readonly reason: string;
  /** Empty where nobody was asked: the box was answered after the last approval. */
  readonly accepted: readonly { readonly by: string; readonly because: string }[];
};

/** `rolled back` is a rollback that was asked for and did what was asked. */
export type Outcome = 'signed off' | 'signed off with exceptions' | 'demonstration' | 'rolled back' | 'failed';

type AnsweredBox = { readonly id: string; readonly label: string; readonly answer: Answer; readonly reason: string };

const approvalFactsIn = (documents: readonly EvidenceDocument[]): readonly Partial<ApprovalFacts>[] =>
  documents.filter(({ name }) => name.startsWith('approve-')).map(({ facts }) => facts as Partial<ApprovalFacts>);

export const acceptedIn = (documents: readonly EvidenceDocument[]): readonly AcceptedException[] =>
  approvalFactsIn(documents).flatMap(({ accepted }) => accepted ?? []);

/** The failures first. What was accepted as open and has failed since was not accepted. */
export const exceptionsIn = (
  boxes: readonly AnsweredBox[],
  documents: readonly EvidenceDocument[],
): readonly ReportException[] => {
  const accepted = acceptedIn(documents);
  const exceptions = boxes.flatMap(({ id, label, answer, reason }): readonly ReportException[] => {
    if (answer !== 'failed' && answer !== 'open') return [];
    const own = accepted.filter((one) => one.box === id && one.answer === answer);
    return answer === 'failed' || own.length > 0
      ? [{ id, label, answer, reason, accepted: own.map(({ by, because }) => ({ by, because })) }]
      : [];
  });
  return [
    ...exceptions.filter(({ answer }) => answer === 'failed'),
    ...exceptions.filter(({ answer }) => answer === 'open'),
  ];
};

/** True where an approval that let the run go on was given by `--yes`. */
export const isDemonstration = (documents: readonly EvidenceDocument[]): boolean =>
  approvalFactsIn(documents).some(
    ({ decision, answers = [] }) => decision === 'approved' && answers.some(({ how }) => how === 'nobody looked'),
  );

/**
 * Approvals that somebody at the terminal gave in a person's name, one sentence each: that the person looked is their word alone, so
 * it is no second pair of eyes.
 */
export const approvalsFromTerminal = (documents: readonly EvidenceDocument[]): readonly string[] =>
  approvalFactsIn(documents).flatMap(({ stage, answers = [] }) =>
    answers
      .filter(({ how, decision }) => how === 'from the terminal' && decision === 'approved')
      .map(
        ({ by, operator, reason }) =>
          `the ${stage} was approved from the terminal by ${operator ?? 'an operator'} as ${by}, which is nobody else's look: ${reason}`,
      ),
  );

export const outcomeOf = (
  ending: 'signed off' | 'rolled back' | 'failed',
  exceptions: readonly ReportException[],
  documents: readonly EvidenceDocument[],
): Outcome => {
  if (ending !== 'signed off') return ending;
  if (isDemonstration(documents)) return 'demonstration';
  return exceptions.length > 0 || approvalsFromTerminal(documents).length > 0
    ? 'signed off with exceptions'
    : 'signed off';
};

const words: Readonly<Record<Outcome, string>> = {
  'signed off': 'signed off',
  'signed off with exceptions': 'signed off with exceptions',
  demonstration: `demonstration, no sign-off: ${nobodyLooked}`,
  'rolled back': 'rolled back',
  failed: 'failed',
};

export const outcomeInWords = (outcome: Outcome): string => words[outcome];

/** `1.5 failed: no comment; accepted by ada@example.org: its name says it`. */
export const exceptionInWords = ({ id, answer, reason, accepted }: ReportException): string =>
  `${id} ${answer}: ${reason}; ${
    accepted.length === 0
      ? 'accepted by nobody'
      : `accepted by ${accepted.map(({ by, because }) => `${by}: ${because}`).join(', by ')}`
  }`;

/** All of a report, those of the terminal first. */
export const exceptionLines = ({
  fromTerminal = [],
  exceptions = [],
}: {
  readonly fromTerminal?: readonly string[];
  readonly exceptions?: readonly ReportException[];
}): readonly string[] => [...fromTerminal, ...exceptions.map(exceptionInWords)];
