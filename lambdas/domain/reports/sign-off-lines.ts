/** The sign-off as a table of names and values. */
import { revertedBox } from '#domain/boxes/13-test-rollback';
import { firstLines } from '#domain/shorten';
import { exceptionLines, outcomeInWords } from './exceptions';
import type { Report } from './report';

const rollbackTestInWords = ({ signOff, boxes }: Report): string => {
  const reverted = boxes.find(({ id }) => id === revertedBox);
  if (!signOff.rollbackTested || !reverted) return 'no';
  return reverted.answer === 'proved' ? 'yes' : `yes, and box ${reverted.id} is ${reverted.answer}: ${reverted.reason}`;
};

/** In one cell; the page lists them all. */
const issuesInWords = (issues: readonly string[]) =>
  firstLines(issues, { most: 50, characters: 2_000, where: 'below, under their boxes and Findings' }).join('; ') ||
  'none';

/** The sign-off as name and value, as both renderers show it. */
export const signOffLines = (report: Report): readonly (readonly [string, string])[] => {
  const { signOff, migration, target } = report;
  return [
    ['Migration', migration],
    ['Outcome', outcomeInWords(report.outcome)],
    ...(exceptionLines(report).length > 0 ? [['Exceptions', exceptionLines(report).join('; ')] as const] : []),
    ...(report.cause ? [['Cause', report.cause] as const] : []),
    [
      'Applied by',
      signOff.appliedBy ? `the workflow, approved by ${signOff.appliedBy}` : (signOff.appliedInPart ?? 'not applied'),
    ],
    ['Started by', report.startedBy],
    ['Date', signOff.appliedAt ?? '–'],
    ['Environment', `${signOff.environment}: database ${target.database}, branch ${target.branchId}`],
    ['Execution time', signOff.executionTimeMs === null ? '–' : `${(signOff.executionTimeMs / 1000).toFixed(3)} s`],
    ['Issues found', issuesInWords(signOff.issuesFound)],
    ['Rollback tested', rollbackTestInWords(report)],
    ...(signOff.rolledBackAt ? [['Rolled back', signOff.rolledBackAt] as const] : []),
    ['Approved for production', 'open: this product refuses production'],
  ];
};
