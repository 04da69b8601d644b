/** What is stored of a question that was put to people, and of each answer. Both are signed; no secret is in them. */
import type { AskedException, DecidedHow } from '#domain/boxes/attestations';
import type { EvidenceRef } from '#domain/evidence/document';
import type { InTheWay, SessionIdentity } from '#domain/locks/in-the-way';
import type { BoxId } from '#lambdas/checklist';
import type { BoundRun } from './binding';
import type { Blocked } from './blocked';
import type { RecordedFailure } from './failure';
import { isSamePerson } from './person';
import type { Stage } from './stages';

/** `runs/<runId>/approvals/<stage>.json`, signed with the key of requests: everything that decides who may answer what, and until when. */
export type ApprovalRequest = {
  readonly format: 2;
  readonly runId: string;
  readonly stage: Stage;
  /** The whole pin, as the state machine handed it over. */
  readonly run: BoundRun;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly binding: string;
  /** The evidence that the binding covers; each document names those before it. */
  readonly evidence: readonly EvidenceRef[];
  /** Boxes that approving answers with `attested`. */
  readonly attestations: readonly BoxId[];
  /** Failed and open boxes that approving accepts; absent in requests of an earlier version. */
  readonly exceptions?: readonly AskedException[];
  /** Addresses of the people who are asked. */
  readonly approvers: readonly string[];
  /** How many different people must approve; one who rejects is enough. Left out: one. */
  readonly approvalsNeeded?: number;
  /** Of a rollback: each of them is enough alone, by a decision on their own page. Absent where that is not configured, or not enough. */
  readonly onCall?: readonly string[];
  readonly failure: RecordedFailure | null;
  /** What kept the migration from its locks; absent where that is not the question. */
  readonly blocked?: Blocked;
  /** Who held what the rollback needs when it was asked; absent where that is not the question, or nobody could look. */
  readonly inTheWay?: InTheWay;
  /** Why nobody could look. */
  readonly notLooked?: string;
  /** What is committed of a migration that may be tried again behind it; absent where nothing is. */
  readonly standing?: string;
};

/** `runs/<runId>/approvals/<stage>.task.json`: the task that waits. It may be another one each time the question is put. */
export type WaitingTask = { readonly sealedToken: string };

/** `approvals/<sha256 of the link>.json`: no proof of anything, the key says whom a link was made for. */
export type LinkRecord = {
  readonly runId: string;
  readonly stage: Stage;
  readonly approver: string;
  readonly requestSha256: string;
  /** From 2 on for a link that replaces one that wrong codes have used up. */
  readonly number?: number;
};

/** `runs/<runId>/approvals/<stage>.decision-<person>.json`, one for each person, written once, signed with the key of decisions. */
export type ApprovalDecision = {
  readonly format: 2;
  readonly runId: string;
  readonly stage: Stage;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly attested: readonly BoxId[];
  /** Failed and open boxes that were accepted as they are. */
  readonly accepted?: readonly BoxId[];
  /** What was said for single boxes; the reason stands for all others. */
  readonly because?: Readonly<Partial<Record<BoxId, string>>>;
  /** The sessions that the rollback may end; absent where none was ticked. */
  readonly mayEnd?: readonly SessionIdentity[];
  readonly how?: DecidedHow;
  /** Who was at the terminal; absent where the person answered themselves. */
  readonly operator?: string;
  readonly binding: string;
  /** The request that is answered: exactly these bytes. */
  readonly request: EvidenceRef;
};

/** Who decided, as it is said wherever a name stands: a decision from the terminal never looks like one of the page. */
export const deciderInWords = ({ by, how, operator }: Pick<ApprovalDecision, 'by' | 'how' | 'operator'>): string =>
  how === 'from the terminal' ? `${by} (from the terminal, by ${operator ?? 'an operator'})` : by;

/** True when this person is one of those who are asked. */
export const isAsked = ({ approvers }: Pick<ApprovalRequest, 'approvers'>, person: string): boolean =>
  approvers.some((address) => isSamePerson(address, person));

export const isExpired = (request: Pick<ApprovalRequest, 'expiresAt'>, now: Date): boolean =>
  now.getTime() >= Date.parse(request.expiresAt);
