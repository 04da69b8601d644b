/** The one comment on a pull request, and the summary of its step: Markdown of a bounded length. */
import { count } from '#domain/count';
import { countOf } from '#domain/review/review-migration';
import { shortened } from '#domain/shorten';
import {
  bullets,
  code,
  codeBlock,
  Markdown,
  type MarkdownPart,
  markdown,
  paragraphs,
  table,
} from '#domain/text/markdown';
import { type CommentLinks, durationInWords, errorInWords, migrationSection } from './comment-section';
import {
  isMigrationFine,
  isReportFine,
  migrationsOf,
  type PullRequestReport,
  type ReportedFolder,
  type ReportedMigration,
} from './report';

/** GitHub refuses a longer comment with 422; the rest is for the marker and for what it counts otherwise than we do. */
export const mostInComment = 65_536 - 1_024;

/** A step's summary may have 1 MiB of UTF-8; a character has at most three bytes here, and is mostly one. */
export const mostInSummary = 300_000;

/** Invisible, and how the comment is found again. `name` keeps several of one pull request apart. */
export const markerOf = (name: string): string => `<!-- migration-checklist: ${name} -->`;

type Placed = { readonly folder: ReportedFolder; readonly migration: ReportedMigration };

const placedIn = ({ folders }: PullRequestReport): readonly Placed[] =>
  folders.flatMap((folder) => folder.migrations.map((migration) => ({ folder, migration })));

/** `1 stop, 2 warn`; notes only where there is nothing else. */
const foundInWords = ({ review }: ReportedMigration): string => {
  const counts = (['stop', 'warn'] as const).flatMap((severity) => {
    const number = countOf(severity, [review]);
    return number === 0 ? [] : [`${number} ${severity}`];
  });
  return counts.length === 0 ? 'nothing of stop or warn' : counts.join(', ');
};

const longestWait = ({ outlook }: ReportedMigration): MarkdownPart => {
  const [longest, ...others] = outlook;
  if (!longest) return 'nobody waits';
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'table')} more`;
  return markdown`${longest.waits} of ${code(longest.table)}: ${durationInWords(longest.heldMs)}${more}`;
};

const rehearsedInWords = ({ rehearsal }: ReportedMigration): readonly [up: string, rollback: string] =>
  rehearsal === null
    ? ['not run', '–']
    : [rehearsal.up === 'error' ? 'fails' : rehearsal.up, rehearsal.rollback ?? '–'];

/** More rows are a table that nobody reads. */
const mostRows = 50;

const overview = (report: PullRequestReport, all: readonly Placed[]): readonly MarkdownPart[] => [
  table(
    ['', 'migration', 'review', 'who waits, and how long', 'up', 'rollback'],
    all
      .slice(0, mostRows)
      .map(({ migration }) => [
        isMigrationFine(migration, report) ? '✅' : '❌',
        code(shortened(migration.review.migration, 200)),
        foundInWords(migration),
        longestWait(migration),
        ...rehearsedInWords(migration),
      ]),
  ),
  ...(all.length > mostRows ? [markdown`… and ${count(all.length - mostRows, 'migration')} more`] : []),
];

const headline = (report: PullRequestReport): Markdown => {
  const all = migrationsOf(report);
  const bad = all.filter((one) => !isMigrationFine(one, report)).length;
  if (isReportFine(report)) return markdown`## ✅ ${count(all.length, 'migration')}: nothing that stops`;
  if (bad === 0) return markdown`## ❌ ${count(all.length, 'migration')}: not everything could be shown to work`;
  return markdown`## ❌ ${count(all.length, 'migration')}: ${bad === all.length ? (bad === 1 ? 'it needs' : 'all need') : bad === 1 ? '1 needs' : `${bad} need`} a change`;
};

const listOf = (names: readonly string[]): Markdown => {
  const shown = names.slice(0, 10).map((name) => code(shortened(name, 200)));
  const listed = shown.map(String).join(', ');
  return new Markdown(names.length > shown.length ? `${listed} and ${names.length - shown.length} more` : listed);
};

const folderParts = ({ folder, others, notRehearsed, rehearsedOn, notes }: ReportedFolder): readonly MarkdownPart[] => {
  const name = folder === '' ? markdown`the repository's root` : code(folder);
  const whyNot =
    notRehearsed === null ? [] : [`not rehearsed${rehearsedOn === null ? '' : ' to the end'}: ${notRehearsed}`];
  const said = [...whyNot, ...notes];
  return [
    ...others
      .slice(0, 5)
      .flatMap(({ migration, error }) => [
        markdown`❌ ${code(migration)}, which this change does not touch, cannot be applied:`,
        codeBlock('', error ? shortened(errorInWords(folder, error), 2_000) : 'no reason was given'),
      ]),
    ...(said.length === 0
      ? []
      : [markdown`Of ${name}:`, bullets(said.slice(0, 10).map((one) => shortened(one, 1_000)))]),
  ];
};

/** A reader takes a number for a measured one. */
const expected =
  "Locks and times are expected from the SQL and the tables' sizes; the dry run of the checklist measures them.";

const endParts = (report: PullRequestReport): readonly MarkdownPart[] => {
  const { removed, passedOver, remarks, folders } = report;
  const grounds = [...new Set(folders.flatMap(({ rehearsedOn }) => rehearsedOn ?? []))];
  return [
    ...(removed.length === 0 ? [] : [markdown`Removed by this change: ${listOf(removed)}.`]),
    ...(passedOver.length === 0
      ? []
      : [markdown`Not looked at, because it is in no folder of migrations: ${listOf(passedOver)}.`]),
    markdown`---`,
    bullets([...grounds.map((one) => `Rehearsed on ${one}: up, down and up again.`), expected, ...remarks]),
  ];
};

const lengthOf = (parts: readonly MarkdownPart[]) => paragraphs(parts).length;

/** As many blocks as there is room for, those of bad migrations first; what is left out is counted. */
const fitSections = (sections: readonly (readonly MarkdownPart[])[], room: number): readonly MarkdownPart[] => {
  const kept: MarkdownPart[] = [];
  let left = room - 300;
  for (const [index, section] of sections.entries())
    for (const [at, part] of section.entries()) {
      left -= lengthOf([part]) + 1;
      if (left >= 0) kept.push(part);
      else {
        const others = sections.length - index - 1;
        const rest =
          at === 0
            ? count(others + 1, 'migration')
            : `the rest of this one${others === 0 ? '' : ` and ${count(others, 'migration')}`}`;
        return [...kept, markdown`… and ${rest} more: the log of the step has everything.`];
      }
    }
  return kept;
};

/** What stands where the pull request changes no migration any more. */
export const nothingChanged = (marker: string): string =>
  paragraphs([
    new Markdown(marker),
    markdown`✅ This pull request changes no migration any more; there is nothing left to say.`,
  ]);

/** Never longer than `most` characters. */
export const renderComment = (
  report: PullRequestReport,
  { marker, links, most }: { readonly marker: string; readonly links: CommentLinks; readonly most: number },
): string => {
  const all = placedIn(report);
  const worstFirst = all.toSorted(
    (one, other) => Number(isMigrationFine(one.migration, report)) - Number(isMigrationFine(other.migration, report)),
  );
  const start = [
    new Markdown(marker),
    headline(report),
    ...report.unreadable
      .slice(0, 5)
      .map(
        ({ folder, because }) =>
          markdown`❌ ${code(folder)} cannot be read as migrations: ${shortened(because, 2_000)}`,
      ),
    ...(all.length === 0 ? [] : overview(report, all)),
  ];
  const end = [...report.folders.slice(0, 5).flatMap(folderParts), ...endParts(report)];
  const sections = worstFirst.map(({ folder, migration }) => migrationSection(folder.folder, migration, report, links));
  const room = most - lengthOf(start) - lengthOf(end);
  return shortened(paragraphs([...start, ...fitSections(sections, room), ...end]), most - 40);
};
