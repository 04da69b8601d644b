/** What a run that failed after its commit knows of the rollback that it had asked for: it is a run of its own, with documents of its own. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { RollbackOutcome } from '#domain/ledger/ends';
import { committedInWords, type PartialApply } from '#domain/ledger/progress';
import { type Judgement, type Judges, judgeOf } from './room';
import { type TakenBack, takenBackInWords } from './taken-back';

export type EstablishRollbackFacts = {
  /** The answer to box 8.2 so far; the new answer continues it. */
  readonly answerBefore: Judgement;
  /** How far the apply had come when it failed; null unless only some of it was committed. */
  readonly progress: PartialApply | null;
  readonly rollbackRun: RollbackOfRun;
};

export type RollbackOfRun = {
  readonly runId: string;
  /** The document that closed it; null where it has none: then it was never opened, or never closed. */
  readonly closing: EvidenceRef | null;
  readonly outcome: RollbackOutcome;
  /** Null unless it ran to its end. */
  readonly takenBack: TakenBack | null;
  /** What it left although it is in order, one line each. */
  readonly remaining: readonly string[];
};

const asked = ({ runId }: RollbackOfRun) => `its rollback was asked for in run ${runId}`;

/** The words of what became of it; null where nothing of it was begun. */
const becameOfIt = (run: RollbackOfRun): Pick<Judgement, 'reason'> & Partial<Pick<Judgement, 'answer'>> => {
  const { takenBack, outcome } = run;
  if (takenBack)
    return {
      reason: `${asked(run)}: it was rolled back ${takenBackInWords(takenBack)}; ${takenBack.compared ?? 'the schema after it could not be compared with the one before the migration'}`,
    };
  if (outcome === 'failed')
    return {
      answer: 'failed',
      reason: `${asked(run)} and did not finish: migration_checklist.ledger and migration_checklist.restart_point show what is left`,
    };
  return { reason: `${asked(run)}: ${outcome}` };
};

export const establishRollback: Judges<EstablishRollbackFacts> = {
  '8.2': judgeOf<EstablishRollbackFacts>()(
    ['answerBefore', 'progress', 'rollbackRun'],
    ({ answerBefore, progress, rollbackRun }) => {
      const { reason, ...answer } = becameOfIt(rollbackRun);
      // In the past tense: what was committed may be undone by now.
      const before =
        progress === null ? answerBefore.reason : `${committedInWords(progress)}; the ledger has no row of this run`;
      return { ...answerBefore, ...answer, reason: `${before}; ${reason}` };
    },
  ),
};
