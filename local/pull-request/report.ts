/** What is said of a pull request: every changed migration with what the review and the rehearsal found. */

import type { TableOutlook } from '#domain/review/outlook';
import { countOf, type MigrationReview } from '#domain/review/review-migration';
import { isFine, type RehearsalResult } from '#local/rehearsal/result';

export type ReportedMigration = {
  /** Files from the root of the repository. */
  readonly review: MigrationReview;
  /** Null where the file cannot be read as SQL. */
  readonly outlook: readonly TableOutlook[];
  /** Null when it was not rehearsed, or one before it stopped the rehearsal. */
  readonly rehearsal: RehearsalResult | null;
};

export type ReportedFolder = {
  /** From the root of the repository; empty for the root itself. */
  readonly folder: string;
  readonly form: string;
  readonly migrations: readonly ReportedMigration[];
  /** Of migrations that the change does not touch and that cannot be applied: later ones stand on what it changes. */
  readonly others: readonly RehearsalResult[];
  readonly notes: readonly string[];
  /** Where it was rehearsed; null when it was not. */
  readonly rehearsedOn: string | null;
  /** Why it was not rehearsed, or not to its end; null when it was. */
  readonly notRehearsed: string | null;
  /** That of the rehearsal itself failed; a refused migration is a result, and no failure of it. */
  readonly isRehearsalBroken: boolean;
};

export type PullRequestReport = {
  readonly folders: readonly ReportedFolder[];
  readonly unreadable: readonly { readonly folder: string; readonly because: string }[];
  readonly passedOver: readonly string[];
  readonly removed: readonly string[];
  readonly allowsMissing: boolean;
  readonly isStrict: boolean;
  /** Remarks on how it was looked: where the list of files comes from, what could not be asked. */
  readonly remarks: readonly string[];
};

export const migrationsOf = ({ folders }: Pick<PullRequestReport, 'folders'>): readonly ReportedMigration[] =>
  folders.flatMap(({ migrations }) => migrations);

type Allowances = Pick<PullRequestReport, 'allowsMissing' | 'isStrict'>;

export const isMigrationFine = ({ review, rehearsal }: ReportedMigration, { allowsMissing, isStrict }: Allowances) =>
  countOf('stop', [review]) === 0 &&
  (!isStrict || countOf('warn', [review]) === 0) &&
  (rehearsal === null || isFine(rehearsal, { allowsMissing }));

/** As the review and the rehearsal by themselves would end. */
export const isReportFine = (report: PullRequestReport): boolean =>
  report.unreadable.length === 0 &&
  migrationsOf(report).every((one) => isMigrationFine(one, report)) &&
  report.folders.every(({ others, isRehearsalBroken }) => others.length === 0 && !isRehearsalBroken);
