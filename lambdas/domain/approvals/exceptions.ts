/** Boxes that are failed or open when people are asked: whoever approves accepts each of them by name. */

import type { AcceptedException, AskedException } from '#domain/boxes/attestations';
import { latestAnswers } from '#domain/evidence/answers';
import type { EvidenceDocument } from '#domain/evidence/document';
import { acceptedIn } from '#domain/reports/exceptions';
import type { BoxId } from '#lambdas/checklist';
import { byUrgency } from './findings';
import { type Stage, stageQuestions } from './stages';

/** As long as a page shows it; the evidence has all of it. */
const maximumFoundCharacters = 500;

const clip = (text: string) =>
  text.length <= maximumFoundCharacters ? text : `${text.slice(0, maximumFoundCharacters - 1)}…`;

/** True when somebody has accepted this box as it is: neither with another answer, nor for another reason. */
const isAccepted = (exception: AskedException, accepted: readonly AcceptedException[]) =>
  accepted.some(
    ({ box, answer, found }) => box === exception.box && answer === exception.answer && found === exception.found,
  );

/** What approving this stage accepts, the failures first. `attestations` are answered by a tick of their own. */
export const exceptionsToAccept = (
  stage: Stage,
  documents: readonly EvidenceDocument[],
  attestations: readonly BoxId[],
): readonly AskedException[] => {
  const { acceptsExceptions, measuredLater } = stageQuestions[stage];
  if (!acceptsExceptions) return [];
  const accepted = acceptedIn(documents);
  return byUrgency(latestAnswers(documents)).flatMap(({ box, answer, reason }) => {
    if (answer !== 'failed' && answer !== 'open') return [];
    if (measuredLater.includes(box) || attestations.includes(box)) return [];
    const exception = { box, answer, found: clip(reason) };
    return isAccepted(exception, accepted) ? [] : [exception];
  });
};
