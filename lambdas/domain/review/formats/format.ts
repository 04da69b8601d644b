/** One way in which findings are written down. */
import type { MigrationReview } from '../review-migration';

export type ReviewReport = {
  readonly reviews: readonly MigrationReview[];
  /** From where the user stands to the folder of the migrations; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Notes one by one; otherwise they are counted. Programs get them all. */
  readonly showsNotes: boolean;
  /** The folder of the rules' pages, from where the user stands, or its address; null where there is none. */
  readonly pages: string | null;
};

/** Where the page of a rule is. */
export const pageOf = ({ pages }: Pick<ReviewReport, 'pages'>, rule: string): string | null =>
  pages === null ? null : `${pages}/${rule}.md`;

export type Format = (report: ReviewReport) => string;
