/** Whoever is on call may approve a rollback alone, where the installation says so: it is counted, and marked, as what it is. */
import {
  addressIn,
  differentPeople,
  eligibleApprovers,
  isSamePerson,
  type Origin,
  whyNobodyCan,
  whyNot,
} from './person';
import type { ApprovalDecision } from './request';

/**
 * Those of them whose approval alone is enough: not who asked for it or wrote the change, and nobody where it is not known who
 * asked. What no rehearsal has run, or nothing would bring back, takes two all the same: the caller leaves them out then.
 */
export const enoughAlone = (onCall: readonly string[], origin: Origin): readonly string[] =>
  addressIn(origin.startedBy) === null ? [] : eligibleApprovers(onCall, origin, 1);

/** Why nobody could approve a rollback; null where somebody can. */
export const whyNobodyCanRollBack = (
  { approvers, onCall }: { readonly approvers: readonly string[]; readonly onCall: readonly string[] },
  origin: Origin,
  needed: number,
): string | null =>
  enoughAlone(onCall, origin).length > 0
    ? null
    : whyNobodyCan(differentPeople([...approvers, ...onCall]), origin, needed);

/** What a request says of those on call. */
export type OnCallNeeding = {
  readonly approvalsNeeded?: number;
  readonly onCall?: readonly string[];
  readonly run?: Partial<Origin>;
};

/** Only on their own page: at a terminal somebody else speaks for them. */
export const isEnoughAlone = (
  { onCall = [], run }: OnCallNeeding,
  { by, how = 'on the page' }: Pick<ApprovalDecision, 'by' | 'how'>,
): boolean =>
  how === 'on the page' &&
  onCall.some((one) => isSamePerson(one, by)) &&
  run?.startedBy !== undefined &&
  whyNot(by, { ...run, startedBy: run.startedBy }, 1) === null;

/** Who has concluded it because they are on call: alone, or with fewer than it takes otherwise. Null where nobody has. */
export const concludedOnCall = (needing: OnCallNeeding, counted: readonly ApprovalDecision[]): string | null => {
  const last = counted.at(-1);
  if (last?.decision !== 'approved' || !isEnoughAlone(needing, last)) return null;
  return counted.length === 1 || counted.length < (needing.approvalsNeeded ?? 1) ? last.by : null;
};

/** A sentence for page and mail; null where nobody on call is asked. */
export const onCallInWords = ({ onCall = [] }: OnCallNeeding): string | null =>
  onCall.length === 0 ? null : `One person on call is enough, and it is marked so: ${onCall.join(', ')}.`;
