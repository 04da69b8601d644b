/** What the log of the step says: everything that was found, as text. */
import { count } from '#domain/count';
import { text } from '#domain/review/formats/text';
import { terminalLine } from '#domain/text/lines';
import { visible } from '#domain/text/visible';
import { errorInWords } from './comment-section';
import { isMigrationFine, isReportFine, migrationsOf, type PullRequestReport, type ReportedFolder } from './report';

const indented = (lines: string) => visible(lines).replaceAll(/^/gm, '    ');

const rehearsalLines = ({ folder, migrations, others }: ReportedFolder, report: PullRequestReport): readonly string[] =>
  [
    ...migrations.flatMap((one) =>
      one.rehearsal ? [{ result: one.rehearsal, isFine: isMigrationFine(one, report) }] : [],
    ),
    ...others.map((result) => ({ result, isFine: false })),
  ].flatMap(({ result: { migration, up, rollback, error, differences, losses, restoringSql, notes }, isFine }) => [
    terminalLine`${isFine ? '✓' : '✗'} ${migration}: up ${up}, rollback ${rollback ?? 'not run'}`,
    ...(error ? [indented(errorInWords(folder, error))] : []),
    ...differences.map(indented),
    ...losses.map(indented),
    ...(restoringSql.length === 0 ? [] : ['    add to the rollback:']),
    ...restoringSql.map((sql) => indented(`  ${sql};`)),
    ...notes.map((note) => terminalLine`    note: ${note}`),
  ]);

export const renderLog = (report: PullRequestReport): string => {
  const reviews = migrationsOf(report).map(({ review }) => review);
  return [
    ...report.unreadable.map(
      ({ folder, because }) => terminalLine`✗ ${folder} cannot be read as migrations: ${because}`,
    ),
    ...(reviews.length === 0 ? [] : [text({ reviews, prefix: '', showsNotes: true, pages: null })]),
    ...report.folders.flatMap((folder) => [
      ...(folder.rehearsedOn === null ? [] : [terminalLine`rehearsed on ${folder.rehearsedOn}`]),
      ...rehearsalLines(folder, report),
      ...(folder.notRehearsed === null ? [] : [terminalLine`not rehearsed: ${folder.notRehearsed}`]),
      ...folder.notes.map((note) => terminalLine`note: ${note}`),
    ]),
    ...report.removed.map((name) => terminalLine`removed: ${name}`),
    ...report.passedOver.map((name) => terminalLine`not looked at, because it is in no folder of migrations: ${name}`),
    ...report.remarks.map((remark) => terminalLine`note: ${remark}`),
    `${isReportFine(report) ? '✓' : '✗'} ${count(reviews.length, 'changed migration')}`,
  ].join('\n');
};
