/** What a person answers on an approval page: the boxes that the software leaves open where it cannot prove them. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { SessionIdentity, SessionInTheWay } from '#domain/locks/in-the-way';
import { allBoxes, type BoxId } from '#lambdas/checklist';
import { attested, type Judge, type Judges, judgeOf, open } from './room';

/** A session that the rollback may end. */
export type AllowedEnding = SessionIdentity & Pick<SessionInTheWay, 'application' | 'role'>;

/** A box that was failed or open when people were asked whether to go on. */
export type AskedException = { readonly box: BoxId; readonly answer: 'failed' | 'open'; readonly found: string };

/** Who accepted it, and why. */
export type AcceptedException = AskedException & { readonly by: string; readonly because: string };

/** What one person said for one box. */
export type Attested = { readonly box: BoxId; readonly by: string; readonly because: string };

/** How a decision was made: on the page, at the operator's terminal, or by `--yes`, where nobody looked at anything. */
export type DecidedHow = 'on the page' | 'from the terminal' | 'nobody looked';

/** One person's answer, of those that were counted. */
export type CountedAnswer = {
  readonly by: string;
  readonly at: string;
  readonly decision: 'approved' | 'rejected';
  readonly reason: string;
  readonly how: DecidedHow;
  /** Who was at the terminal; null where the person answered themselves. */
  readonly operator: string | null;
};

export type ApprovalFacts = {
  readonly stage: string;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly expiresAt: string;
  readonly binding: string;
  /** What the approver was shown, and the binding covers. */
  readonly evidence: readonly EvidenceRef[];
  /** Who has concluded it alone, or with fewer than it takes otherwise, being on call; absent where nobody has. */
  readonly onCall?: string;
  /** The boxes that were ticked. */
  readonly attested: readonly BoxId[];
  /** Each person's word for each box; missing in documents of version 0.3.0 and before, where the one reason was for all. */
  readonly attestedBy?: readonly Attested[];
  /** What was accepted as it is; missing in documents of version 0.3.0 and before. */
  readonly accepted?: readonly AcceptedException[];
  /** What everybody who approved has ticked to be ended; absent where that is nothing. */
  readonly mayEnd?: readonly AllowedEnding[];
  /** The answers that were counted, in their order; missing in documents of version 0.3.0 and before, where one was enough. */
  readonly answers?: readonly CountedAnswer[];
  /** The signed request that was answered; missing in documents of version 0.3.0 and before, which nobody signed. */
  readonly request?: EvidenceRef;
  /** The signed decisions that were counted. */
  readonly decisions?: readonly EvidenceRef[];
};

/** What `--yes` leaves behind, wherever a person's word would stand. */
export const nobodyLooked = 'nobody looked (--yes)';

const inTheirWords = (box: BoxId, words: readonly Attested[]) =>
  words
    .filter((one) => one.box === box)
    .map(({ by, because }) => `${by}: ${because}`)
    .join('; ');

const tickedBox = (box: BoxId): Judge<ApprovalFacts> =>
  judgeOf<ApprovalFacts>()(
    ['decision', 'attested', 'by', 'reason'],
    ({ decision, attested: ticked, by, reason, attestedBy }) => {
      if (decision !== 'approved' || !ticked.includes(box)) return null;
      const words = attestedBy ? inTheirWords(box, attestedBy) : `${by}: ${reason}`;
      return words === '' ? open(nobodyLooked) : attested(`attested by ${words}`);
    },
    ['attestedBy'],
  );

export const attestations: Judges<ApprovalFacts> = Object.fromEntries(
  allBoxes.filter(({ how }) => how !== 'proved').map(({ id }) => [id, tickedBox(id)]),
);
