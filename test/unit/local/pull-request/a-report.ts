/** A report with one migration, in which everything may be replaced. */
import type { ReviewFinding } from '#domain/review/review-migration';
import type { PullRequestReport, ReportedFolder, ReportedMigration } from '#local/pull-request/report';
import type { RehearsalResult } from '#local/rehearsal/result';

export const finding = (changes: Partial<ReviewFinding> = {}): ReviewFinding => ({
  rule: 'rows-truncated',
  severity: 'stop',
  file: 'db/7_a.sql',
  line: 3,
  message: 'TRUNCATE removes all rows of public.users',
  remedy: 'Move them first.',
  safeWay: null,
  ...changes,
});

export const result = (changes: Partial<RehearsalResult> = {}): RehearsalResult => ({
  migration: '7_a',
  up: 'ok',
  rollback: 'exact',
  differences: [],
  losses: [],
  restoringSql: [],
  wayBack: null,
  statements: 1,
  durationMs: 10,
  error: null,
  notes: [],
  ...changes,
});

export const migration = (
  findings: readonly ReviewFinding[] = [],
  rehearsal: RehearsalResult | null = result(),
  changes: Partial<ReportedMigration> = {},
): ReportedMigration => ({
  review: { migration: '7_a', file: 'db/7_a.sql', statements: 1, findings, passed: [] },
  outlook: [],
  rehearsal,
  ...changes,
});

export const folder = (
  migrations: readonly ReportedMigration[],
  changes: Partial<ReportedFolder> = {},
): ReportedFolder => ({
  folder: 'db',
  form: 'goose',
  migrations,
  others: [],
  notes: [],
  rehearsedOn: 'an embedded PostgreSQL 17.10',
  notRehearsed: null,
  isRehearsalBroken: false,
  ...changes,
});

export const reportOf = (
  migrations: readonly ReportedMigration[],
  changes: Partial<PullRequestReport> = {},
): PullRequestReport => ({
  folders: [folder(migrations)],
  unreadable: [],
  passedOver: [],
  removed: [],
  allowsMissing: false,
  isStrict: false,
  remarks: [],
  ...changes,
});
