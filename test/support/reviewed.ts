/** Steps 1 to 3 over a real schema: the catalog and the sizes are read from a server, and the rules judge a file against them. */
import { readCatalogInTransaction } from '#adapters/postgres/catalog/read-catalog';
import { readTableStatistics } from '#adapters/postgres/table-statistics';
import type { BoxAnswer, Finding } from '#domain/evidence/document';
import { parseMigration } from '#domain/migration/parse-migration';
import type { ImpactSubject } from '#domain/review/subject';
import { withClient, withDatabase } from './postgres';
import { reviewsOf } from './reviews';

export type Reviewed = {
  readonly findings: readonly Finding[];
  /** `1.4 rollback-misses-change: …`, each finding of the given boxes. */
  findingsIn(...boxes: readonly string[]): readonly string[];
  box(id: string): BoxAnswer | undefined;
};

const reviewedFrom = (subject: ImpactSubject): Reviewed => {
  const reviews = reviewsOf(subject);
  const boxes = reviews.flatMap((review) => review.boxes);
  const findings = reviews.flatMap((review) => review.findings);
  const isIn = (rule: string, wanted: readonly string[]) =>
    boxes.some(
      ({ box, facts }) =>
        wanted.includes(box) &&
        (facts?.['findings'] as { readonly rule: string }[] | undefined)?.some((finding) => finding.rule === rule),
    );
  return {
    findings,
    findingsIn: (...wanted) =>
      findings.filter(({ rule }) => isIn(rule, wanted)).map(({ rule, message }) => `${rule}: ${message}`),
    box: (id) => boxes.find(({ box }) => box === id),
  };
};

/** Makes what `before` says on a database of its own, and reviews files against it. */
export const withReviewer = <T>(
  before: string,
  work: (review: (file: string) => Promise<Reviewed>) => Promise<T>,
): Promise<T> =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      if (before.trim() !== '') await client.query(before);
      await client.query('BEGIN');
      const catalog = await readCatalogInTransaction(client);
      await client.query('COMMIT');
      const statistics = await readTableStatistics(connection);
      return work(async (file) => {
        const migration = await parseMigration('005_example.sql', Buffer.from(file));
        return reviewedFrom({ migration, checks: null, catalog, ledger: [], statistics });
      });
    }),
  );
