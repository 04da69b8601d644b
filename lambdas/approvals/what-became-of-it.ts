/** What is told to somebody whose answer was not the first, or came twice: what became of it, and why. */
import { isSamePerson } from '#domain/approvals/person';
import type { ApprovalDecision } from '#domain/approvals/request';
import { formatTime } from '#domain/html/page';
import { type Ports, type Settings, urlOfRun } from '#lambdas/ports/ports';
import { readClosing } from '#lambdas/record/closing';
import { readRecorded } from '#lambdas/record/evidence';
import type { Delivery } from './deliver-decision';
import type { OpenApproval } from './open-approval';

const verbs: Readonly<Record<ApprovalDecision['decision'], string>> = { approved: 'approve', rejected: 'reject' };

/** Why an answer does not count that others came before; null when it does. */
export const overruled = ({ decision, own, approver }: OpenApproval): string | null => {
  if (!decision || isSamePerson(decision.by, approver)) return null;
  if (!own) return 'This was decided before your answer came; it was not used.';
  if (own.decision === decision.decision) return null;
  const why =
    decision.decision === 'rejected'
      ? ', and one rejection is enough to end it'
      : ' at the same moment, and that came first';
  return `Your answer, ${own.decision}, is recorded and has no effect: ${decision.by} has ${decision.decision} this${why}.`;
};

/** Somebody who has decided chooses otherwise: that is not taken, and they learn what they can still do. Null when they do not. */
export const changeOfMind = (
  { own, decision, request }: OpenApproval,
  chosen: ApprovalDecision['decision'] | null,
  settings: Pick<Settings, 'runUrl'>,
): string | null => {
  if (!own || chosen === null || chosen === own.decision) return null;
  const instead =
    own.decision === 'rejected'
      ? 'Start the migration again to be asked again.'
      : `${decision ? '' : 'Another approver can still reject it. '}To end the run all the same, stop its execution: ${urlOfRun(settings, request.run)}`;
  return `Your choice to ${verbs[chosen]} comes too late and has no effect: you have ${own.decision} this on ${formatTime(own.at)}, and a decision cannot be taken back. ${instead}`;
};

/** What became of a decision that is recorded, as far as the store tells. */
export const becameOf = async (
  { store, settings }: Pick<Ports, 'store' | 'settings'>,
  { request }: OpenApproval,
  delivery: Delivery,
): Promise<string> => {
  const recorded = 'Your decision is recorded';
  if (delivery === 'answered') return `${recorded}, and it is being carried out.`;
  const closing = await readClosing(store, request.runId);
  if (closing) return `${recorded}. The run has ended: ${closing.closing.cause}`;
  if (await readRecorded(store, request.runId, 'sign-off'))
    return `${recorded}. It was carried out, and the run has ended with its sign-off.`;
  return delivery === 'taken before'
    ? `${recorded}, and it is being carried out. The run had taken it already; where it is now: ${urlOfRun(settings, request.run)}`
    : `${recorded} and has no effect: the run no longer waits for this answer, because it has ended or its time was up.`;
};
