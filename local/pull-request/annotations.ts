/** Annotations at the lines of a pull request: they need no token, and GitHub shows only the first few of a step. */
import { github } from '#domain/review/formats/github';
import type { MigrationReview, ReviewFinding } from '#domain/review/review-migration';
import type { Severity } from '#domain/review/rule';
import { dependsOnRows, isFine, type RehearsalResult } from '#local/rehearsal/result';
import { errorInWords } from './comment-section';
import { migrationsOf, type PullRequestReport } from './report';

/** GitHub shows 10 errors and 10 warnings of a step, and drops the others without a word. */
export const mostOfAKind = 10;

/** What the rehearsal found, as something that stands at a line. */
const rehearsedFindings = (report: PullRequestReport): readonly ReviewFinding[] =>
  report.folders.flatMap(({ folder, migrations, others }) => {
    const inFolder = (file: string) => (folder === '' ? file : `${folder}/${file}`);
    const own = migrations.flatMap(({ review, rehearsal }) =>
      rehearsal && (!isFine(rehearsal, report) || dependsOnRows(rehearsal)) ? [{ file: review.file, rehearsal }] : [],
    );
    const later = others.map((rehearsal) => ({ file: inFolder(rehearsal.error?.file ?? ''), rehearsal }));
    const severityOf = (rehearsal: RehearsalResult): Severity => (isFine(rehearsal, report) ? 'warn' : 'stop');
    return [...own, ...later].map(({ file, rehearsal }) => {
      const { migration, error, rollback, differences, restoringSql } = rehearsal;
      return {
        rule: 'rehearsal',
        severity: severityOf(rehearsal),
        file: error ? inFolder(error.file) : file,
        line: error?.line ?? null,
        message: error ? errorInWords(folder, error) : `the rollback of ${migration}: ${rollback ?? 'not run'}`,
        remedy: differences.join('\n'),
        safeWay: restoringSql.length === 0 ? null : restoringSql.map((sql) => `${sql};`).join('\n'),
      };
    });
  });

const kinds: readonly Severity[] = ['stop', 'warn'];

/** Lines for standard output, and how many findings have none. */
export const annotationsOf = (report: PullRequestReport): { readonly text: string; readonly leftOut: number } => {
  const reviewed = migrationsOf(report).flatMap(({ review }) => review.findings);
  const all = [...rehearsedFindings(report), ...reviewed];
  const shown = kinds.flatMap((kind) => all.filter(({ severity }) => severity === kind).slice(0, mostOfAKind));
  const told = all.filter(({ severity }) => kinds.includes(severity));
  const review: MigrationReview = { migration: '', file: '', statements: 0, findings: shown, passed: [] };
  return {
    text: shown.length === 0 ? '' : github({ reviews: [review], prefix: '', showsNotes: false, pages: null }),
    leftOut: told.length - shown.length,
  };
};
