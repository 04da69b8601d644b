/** One way in which findings are written down. */
import type { MigrationReview } from '../review-migration';

export type ReviewReport = {
  readonly reviews: readonly MigrationReview[];
  /** From where the user stands to the folder of the migrations; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Notes one by one; otherwise they are counted. Programs get them all. */
  readonly showsNotes: boolean;
};

export type Format = (report: ReviewReport) => string;
