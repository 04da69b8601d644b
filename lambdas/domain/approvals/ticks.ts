/** The ticks of a form: each box that a person attests to, and each failed or open one that they accept as it is. */
import type { AskedException } from '#domain/boxes/attestations';
import { type InTheWay, mayBeEnded, type SessionIdentity, type SessionInTheWay } from '#domain/locks/in-the-way';
import { type BoxId, findBox } from '#lambdas/checklist';
import { type Stage, stageQuestions } from './stages';

/** What a request asks a person to say box by box. */
export type AskedBoxes = {
  readonly stage: Stage;
  readonly attestations: readonly BoxId[];
  /** Absent in requests of an earlier version, which asked for none. */
  readonly exceptions?: readonly AskedException[];
  /** What is committed of a migration that may be tried again behind it. */
  readonly standing?: string;
  readonly inTheWay?: InTheWay;
};

/** The sessions that a person may tick, to be ended; none of them has to be. */
export const endable = ({ inTheWay }: Pick<AskedBoxes, 'inTheWay'>): readonly (SessionInTheWay & SessionIdentity)[] =>
  (inTheWay?.sessions ?? []).filter((session): session is SessionInTheWay & SessionIdentity => mayBeEnded(session));

export type Tick = {
  readonly box: BoxId;
  readonly kind: 'attest' | 'accept';
  readonly statement: string;
  /** The question that needs an answer of its own where the box is ticked; null where the reason of the whole will do. */
  readonly asks: string | null;
};

/** What is asked besides the tick. A failure stands against the checklist, so it needs its own reason. */
const asksOfException: Readonly<Record<AskedException['answer'], string | null>> = {
  failed: 'Why may it stay as it is?',
  open: null,
};

export const ticksOf = ({ stage, attestations, exceptions = [] }: AskedBoxes): readonly Tick[] => [
  ...attestations.map((box): Tick => {
    const { statement = findBox(box).label, asks = null } = stageQuestions[stage].attestations[box] ?? {};
    return { box, kind: 'attest', statement: `${box} ${statement}`, asks };
  }),
  ...exceptions.map(
    ({ box, answer, found }): Tick => ({
      box,
      kind: 'accept',
      statement: `I accept that ${box} (${findBox(box).label}) is ${answer}: ${found}`,
      asks: asksOfException[answer],
    }),
  ),
];
