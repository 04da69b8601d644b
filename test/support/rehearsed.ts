/** The evidence of a dry run and its rollback: statements of every class and severity, differences, losses. */
import { comparePrediction } from '#domain/dry-run/compare-prediction';
import { gradeStatements } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { DataLoss } from '#domain/tables/data-loss';
import type { TableStatistics } from '#domain/tables/statistics';
import { heldLock, statementRun } from './statement-run';

const runs: readonly StatementRun[] = [
  statementRun({
    line: 4,
    summary: "COMMENT ON TABLE jobs IS 'what the workers do'",
    startedAtMs: 0,
    durationMs: 2,
    locks: [heldLock('ShareUpdateExclusiveLock', 4200)],
  }),
  statementRun({
    index: 1,
    line: 7,
    summary: 'ALTER TABLE jobs ADD COLUMN retries bigint GENERATED ALWAYS AS IDENTITY',
    startedAtMs: 2,
    durationMs: 2600,
    rewritten: ['public.jobs'],
    rowsScanned: 200_000,
    walBytes: 31_000_000,
    sizeChangeBytes: 1_600_000,
    locks: [heldLock('AccessExclusiveLock', 4198, 'public.jobs', 2)],
  }),
  statementRun({
    index: 2,
    line: 11,
    summary: 'CREATE INDEX users_name ON users (name)',
    startedAtMs: 2602,
    durationMs: 700,
    rowsScanned: 50_000,
    walBytes: 900_000,
    sizeChangeBytes: 1_100_000,
    locks: [heldLock('ShareLock', 1598, 'public.users', 2602)],
  }),
  statementRun({
    index: 3,
    line: 15,
    summary: '<b>UPDATE</b> jobs SET note = NULL',
    startedAtMs: 3302,
    durationMs: 890,
    rowsWritten: 200_000,
    rowsScanned: 200_000,
    walBytes: 42_000_000,
    sizeChangeBytes: 9_000_000,
    locks: [heldLock('RowExclusiveLock', 898, 'public.jobs', 3302)],
  }),
];

const used = (table: string, indexScans: number, rowsWritten: number): TableStatistics => ({
  table,
  sizeBytes: 1,
  estimatedRows: 200_000,
  sequentialScans: 0,
  indexScans,
  rowsWritten,
  countedSeconds: 3600,
});

const traffic = [used('public.jobs', 36_000, 7_200), used('public.users', 10, 0)];

export const assessed = comparePrediction(
  gradeStatements(runs, { tableOfIndex: () => null, traffic }),
  [
    {
      index: 0,
      kind: 'CommentStmt',
      locks: [{ table: 'public.jobs', mode: 'ShareUpdateExclusiveLock', work: 'none' }],
    },
    { index: 1, kind: 'AlterTableStmt', locks: [{ table: 'public.jobs', mode: 'AccessExclusiveLock', work: 'none' }] },
    { index: 2, kind: 'IndexStmt', locks: [{ table: 'public.users', mode: 'ShareLock', work: 'index build' }] },
    { index: 3, kind: 'UpdateStmt', locks: [{ table: 'public.jobs', mode: 'RowExclusiveLock', work: 'rewrite' }] },
  ],
  () => false,
);

const difference = [
  '+ COLUMN public.jobs.retries bigint NOT NULL GENERATED ALWAYS AS IDENTITY',
  '+ CREATE INDEX users_name ON public.users USING btree (name)',
  '~ TABLE public.jobs: comment none → what the workers do',
];

const lost: DataLoss = {
  grade: 'lost',
  losses: [
    {
      kind: 'column',
      name: 'public.jobs.note',
      count: 200_000,
      text: '200000 values of public.jobs.note became null',
    },
  ],
  notCompared: [],
};

const document = (name: string, title: string, facts: EvidenceDocument['facts'], boxes: EvidenceDocument['boxes']) => ({
  format: 1 as const,
  runId: 'run-1',
  name,
  title,
  facts,
  boxes,
  findings: [],
  error: null,
  previous: [],
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:05.000Z',
});

/** Of steps 6 and 13. */
export const rehearsalDocuments: readonly EvidenceDocument[] = [
  document('06-dry-run', 'Step 6: Dry run', { statements: runs, assessed, dataLoss: lost }, [
    { box: '6.3', answer: 'open', reason: 'the approver compares', facts: { difference } },
  ]),
  document(
    '13-test-rollback',
    'Step 13: Test rollback',
    { verdict: 'exact', dataLoss: { grade: 'nothing lost', losses: [], notCompared: [] } },
    [{ box: '13.2', answer: 'proved', reason: 'exactly', facts: { verdict: 'exact', differences: [] } }],
  ),
];
