/** What the rehearsals from the restart points add to box 13.2. */
import type { BoxAnswer } from '#domain/evidence/document';
import type { RollbackVerdict } from './grade';

export type RestartJudgement = {
  /** How many units were applied. */
  readonly unit: number;
  readonly verdict: RollbackVerdict | 'fails';
  /** Differences of schema and rows, or why it fails; one line each. */
  readonly told: readonly string[];
};

const isInOrder = ({ verdict, told }: RestartJudgement) => verdict === 'harmless' || told.length === 0;

/**
 * The box of the whole rollback, with what it is worth after only some of the `units` were applied. A person has to know before
 * the apply where there is no way back; the box unchanged for a migration of one unit.
 */
export const judgeRestarts = (box: BoxAnswer, judgements: readonly RestartJudgement[], units: number): BoxAnswer => {
  if (units === 1) return box;
  const facts = { ...box.facts, fromRestartPoints: judgements };
  const wrong = judgements.find((judgement) => !isInOrder(judgement));
  if (wrong)
    return {
      ...box,
      facts,
      answer: 'failed',
      reason: `${box.reason}; but when only ${wrong.unit} of ${units} units are applied the rollback ${wrong.verdict === 'fails' ? 'fails' : `leaves (${wrong.verdict})`}: ${wrong.told.slice(0, 5).join('; ')}`,
    };
  return judgements.length === 0
    ? {
        ...box,
        facts,
        reason: `${box.reason}; what it does when only some of the ${units} units are applied was not rehearsed`,
      }
    : { ...box, facts, reason: `${box.reason}; so it is from every restart point (${units - 1})` };
};
