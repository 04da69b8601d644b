/** What a dry run found out when nothing is remarkable. */
import type { DryRunFacts } from '#domain/boxes/06-dry-run';
import type { ReadFacts } from '#domain/boxes/room';
import { gradeStatements } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import { catalogOf } from '../catalog/objects';

export type DryRun = ReadFacts<DryRunFacts>;

const surroundings = {
  tableOfIndex: (name: string) => (name.endsWith('_idx') ? 'public.jobs' : null),
  traffic: [],
};

/** Of statements that did what was predicted, on a branch where nothing else is remarkable. */
export const dryRunFacts = (statements: readonly StatementRun[], differing: Partial<DryRun> = {}): DryRun => ({
  branch: { branchId: 'br-7', name: 'rehearsal-run-1' },
  statements,
  reach: [],
  units: ['1 of 1 (line 3, one transaction)'],
  assessed: gradeStatements(statements, surroundings).map((graded) => ({
    ...graded,
    outcome: 'confirmed',
    predictedClass: graded.class,
    surprises: [],
  })),
  traffic: [],
  production: null,
  limitMs: 1_000,
  dataLoss: { grade: 'nothing lost', losses: [], notCompared: [] },
  untouched: { equal: 2, differing: [] },
  rows: { changed: [], notCompared: [] },
  catalogBefore: catalogOf(),
  catalogAfter: catalogOf(),
  outsideBefore: { sequences: [], unreadSequences: [], largeObjects: [] },
  outsideAfter: { sequences: [], unreadSequences: [], largeObjects: [] },
  checks: null,
  tests: { results: [], calledFunctions: [], leftBehind: [] },
  ...differing,
});
