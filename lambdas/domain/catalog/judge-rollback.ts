/** Judges a rollback by what differs between the catalog before the migration and the catalog after the rollback. */
import type { BoxAnswer } from '../evidence/document';
import { describeDifference } from './describe-difference';
import type { CatalogDifference } from './difference';
import { gradeDifference, type RollbackVerdict } from './grade';

export type RollbackJudgement = {
  readonly verdict: RollbackVerdict;
  /** Readable lines; empty when exact. */
  readonly differences: readonly string[];
  /** Boxes 13.2 and 13.3. */
  readonly boxes: readonly BoxAnswer[];
};

const answers: Readonly<Record<RollbackVerdict, BoxAnswer['answer']>> = {
  exact: 'proved',
  harmless: 'proved',
  'irreversible by design': 'failed',
  differs: 'failed',
};

export const judgeRollback = (difference: CatalogDifference): RollbackJudgement => {
  const verdict = gradeDifference(difference);
  const differences = describeDifference(difference);
  const orphans = difference.added.map(({ kind, identity }) => `${kind} ${identity}`);
  const facts = { verdict, differences };
  return {
    verdict,
    differences,
    boxes: [
      {
        box: '13.2',
        answer: answers[verdict],
        reason:
          verdict === 'exact'
            ? 'the catalog after the rollback equals the catalog before the migration, exactly'
            : `${verdict}: ${differences.slice(0, 10).join('; ')}`,
        facts,
      },
      orphans.length > 0 && answers[verdict] === 'failed'
        ? { box: '13.3', answer: 'failed', reason: `left behind by the rollback: ${orphans.join(', ')}`, facts }
        : {
            box: '13.3',
            answer: 'proved',
            reason: 'the rollback leaves no object behind; down and up again was run',
            facts,
          },
    ],
  };
};
