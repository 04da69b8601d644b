/** What the review expects of each statement, for the dry run to be held against. */
import type { Prediction } from '../locks/compare-prediction';
import { impactsOf } from './impact';
import { contextFor, type ImpactSubject } from './subject';

export const predictImpact = (
  subject: Pick<ImpactSubject, 'migration' | 'catalog' | 'statistics'>,
): readonly Prediction[] =>
  impactsOf(contextFor({ ...subject, checks: null, ledger: [] })).map(({ statement, locks }) => ({
    ...{ index: statement.index, kind: statement.kind },
    locks,
  }));
