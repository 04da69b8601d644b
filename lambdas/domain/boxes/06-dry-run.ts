/** Box 6.2: what the branch has said of the statements, in one sentence for whoever approves. */
import { count } from '#domain/count';
import { type gradeDryRun, outcomesInWords } from '#domain/dry-run/grade-dry-run';
import type { StatementRun } from '#domain/dry-run/measured';
import type { compareUntouched } from '#domain/dry-run/untouched-tables';
import type { BoxAnswer } from '#domain/evidence/document';
import { type dataLossBetween, lossInWords } from '#domain/tables/data-loss';

export type DryRun = {
  readonly statements: readonly Pick<StatementRun, 'durationMs'>[];
  readonly assessed: ReturnType<typeof gradeDryRun>;
  readonly loss: ReturnType<typeof dataLossBetween>;
  readonly untouched: ReturnType<typeof compareUntouched>;
};

/** Failed when a table changed that no statement was seen to touch. */
export const judgeDryRun = ({ statements, assessed, loss, untouched }: DryRun): BoxAnswer => {
  const isUntouched = untouched.differing.length === 0;
  return {
    box: '6.2',
    answer: isUntouched ? 'proved' : 'failed',
    reason: [
      `${count(statements.length, 'statement')} ran without an error`,
      `what the review had predicted: ${outcomesInWords(assessed) || 'nothing'}`,
      `data: ${lossInWords(loss)}`,
      isUntouched
        ? `${count(untouched.equal, 'table that was not touched has an equal checksum', 'tables that were not touched have equal checksums')}`
        : `tables that nothing was seen to touch hold other rows: ${untouched.differing.join(', ')}`,
    ].join('; '),
    facts: { durationMs: statements.reduce((sum, { durationMs }) => sum + durationMs, 0) },
  };
};
