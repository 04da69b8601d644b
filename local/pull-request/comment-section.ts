/** The part of the comment that is about one migration: its locks, what was found, the rollback, and what was let pass. */
import { count, counted } from '#domain/count';
import { besideRules } from '#domain/review/beside-rules';
import type { TableOutlook } from '#domain/review/outlook';
import type { PassedFinding, ReviewFinding } from '#domain/review/review-migration';
import type { Severity } from '#domain/review/rule';
import { rules } from '#domain/review/rules';
import { shortened } from '#domain/shorten';
import {
  bullets,
  code,
  codeBlock,
  folded,
  link,
  type Markdown,
  type MarkdownPart,
  markdown,
  table,
} from '#domain/text/markdown';
import { onOneLine, pathInAddress } from '#domain/text/visible';
import { dependsOnRows, isFine, leadsBack, type RehearsalResult } from '#local/rehearsal/result';
import { isMigrationFine, type PullRequestReport, type ReportedMigration } from './report';

/** Where the names in the comment lead; null: nowhere. */
export type CommentLinks = {
  /** Of the commit that was looked at, a file's path behind it. */
  readonly files: string | null;
  /** Of the rules' pages, `<rule>.md` behind it. */
  readonly rules: string | null;
};

/** A person reads so many of one kind; the others are counted. */
const mostShown = 20;

/** Of a generated SQL or a message. */
const mostCharacters = 3_000;

const marks: Readonly<Record<Severity, string>> = { stop: '🛑', warn: '⚠️', note: '📝' };

const fileLink = ({ files }: CommentLinks, file: string, line: number | null, text: MarkdownPart): Markdown =>
  link(text, files === null ? '' : `${files}/${pathInAddress(file)}${line === null ? '' : `#L${line}`}`);

const withPage = new Set([...rules, ...besideRules].map(({ id }) => id));

const ruleLink = ({ rules: pages }: CommentLinks, rule: string): Markdown =>
  link(code(rule), pages === null || !withPage.has(rule) ? '' : `${pages}/${rule}.md`);

export const durationInWords = (ms: number | null): string => {
  if (ms === null) return 'unknown, it grows with the table';
  if (ms < 1_000) return `about ${ms} ms`;
  return ms < 120_000 ? `about ${(ms / 1_000).toFixed(1)} s` : `about ${Math.round(ms / 60_000)} min`;
};

const rowsInWords = (rows: number | null) => (rows === null ? 'unknown' : counted(rows, 'row'));

const andMore = (all: readonly unknown[], what: string): readonly Markdown[] =>
  all.length > mostShown ? [markdown`… and ${count(all.length - mostShown, what)} more`] : [];

const lockTable = (outlook: readonly TableOutlook[], file: string, links: CommentLinks): readonly Markdown[] =>
  outlook.length === 0
    ? [markdown`**Locks**: nobody waits for a table that was there before.`]
    : [
        table(
          ['table', 'lock', 'who waits', 'for how long', 'rows', 'line'],
          outlook
            .slice(0, mostShown)
            .map(({ table: name, mode, waits, heldMs, rows, line }) => [
              code(name),
              mode,
              waits,
              durationInWords(heldMs),
              rowsInWords(rows),
              fileLink(links, file, line, line),
            ]),
        ),
        ...andMore(outlook, 'table'),
      ];

const findingPart = (finding: ReviewFinding, shownWays: Set<string>, links: CommentLinks): Markdown => {
  const { severity, line, file, message, rule, remedy, safeWay } = finding;
  const kind = markdown`${marks[severity]} **${severity}**`;
  const where = line === null ? kind : markdown`${kind}, ${fileLink(links, file, line, `line ${line}`)}`;
  const head = markdown`${where} · ${ruleLink(links, rule)}: ${shortened(message, mostCharacters)}`;
  if (safeWay === null) return markdown`${head}<br>${shortened(remedy, mostCharacters)}`;
  if (shownWays.has(safeWay)) return markdown`${head}<br>The safe way is the one above.`;
  shownWays.add(safeWay);
  const inside = [markdown`${remedy}`, codeBlock('sql', shortened(safeWay, mostCharacters))];
  return markdown`${head}\n${folded('The safe way', inside)}`;
};

const findingParts = (findings: readonly ReviewFinding[], links: CommentLinks): readonly Markdown[] => {
  const shownWays = new Set<string>();
  const told = findings.filter(({ severity }) => severity !== 'note');
  const notes = findings.filter(({ severity }) => severity === 'note');
  return [
    ...told.slice(0, mostShown).map((finding) => findingPart(finding, shownWays, links)),
    ...andMore(told, 'finding'),
    ...(notes.length === 0
      ? []
      : [
          folded(count(notes.length, 'note'), [
            bullets(
              notes
                .slice(0, mostShown)
                .map(
                  ({ rule, line, message }) =>
                    markdown`${ruleLink(links, rule)}${line === null ? '' : `, line ${line}`}: ${shortened(message, 500)}`,
                ),
            ),
            ...andMore(notes, 'note'),
          ]),
        ]),
  ];
};

const passedParts = (passed: readonly PassedFinding[], links: CommentLinks): readonly Markdown[] =>
  passed.length === 0
    ? []
    : [
        markdown`**Let pass**, each with its reason:`,
        bullets([
          ...passed
            .slice(0, mostShown)
            .map(
              ({ rule, severity, line, because }) =>
                markdown`${ruleLink(links, rule)} (${severity}${line === null ? '' : `, line ${line}`}): ${shortened(because, 500)}`,
            ),
          ...andMore(passed, 'finding'),
        ]),
      ];

/** A failing statement, with the file as the repository knows it. */
export const errorInWords = (folder: string, { phase, file, line, message }: NonNullable<RehearsalResult['error']>) =>
  `${phase}: ${message.startsWith(file) ? '' : `${folder === '' ? '' : `${folder}/`}${file}${line === null ? '' : `:${line}`}: `}${message}`;

const missingSql = (restoringSql: readonly string[]): readonly Markdown[] =>
  restoringSql.length === 0
    ? []
    : [
        folded('The SQL that is missing in the rollback', [
          codeBlock('sql', shortened(restoringSql.map((sql) => `${sql};`).join('\n'), mostCharacters)),
        ]),
      ];

/** The way back that was written, what it loses in front. */
const writtenWayBack = ({ wayBack }: RehearsalResult): readonly Markdown[] => {
  if (!wayBack || !leadsBack(wayBack)) return [];
  const text = [
    ...wayBack.losses.map((loss) => `-- loses: ${onOneLine(loss)}`),
    ...wayBack.sql.map((sql) => `${sql};`),
  ];
  return [
    folded(`A way back that was written and rehearsed: ${wayBack.verdict}`, [
      codeBlock('sql', shortened(text.join('\n'), mostCharacters)),
    ]),
  ];
};

const appliedInWords: Readonly<Record<Exclude<RehearsalResult['up'], 'error'>, Markdown>> = {
  ok: markdown`Applied in the rehearsal.`,
  'fails with rows': markdown`**Applied only without rows.**`,
  'depends on rows': markdown`**Whether it can be applied depends on the data.**`,
};

const rollbackParts = (folder: string, result: RehearsalResult, report: PullRequestReport): readonly MarkdownPart[] => {
  const { up, rollback, differences, losses, restoringSql, error, notes } = result;
  const sign = !isFine(result, { allowsMissing: report.allowsMissing }) ? '❌' : dependsOnRows(result) ? '⚠️' : '✅';
  const head =
    up === 'error'
      ? markdown`${sign} **It cannot be applied.**`
      : markdown`${sign} ${appliedInWords[up]} **Rollback: ${rollback}**${rollback === 'missing' ? ' (there is none)' : ''}`;
  return [
    head,
    ...(error ? [codeBlock('', shortened(errorInWords(folder, error), mostCharacters))] : []),
    ...(differences.length === 0
      ? []
      : [
          bullets([
            ...differences.slice(0, mostShown).map((one) => shortened(one, 1_000)),
            ...andMore(differences, 'difference'),
          ]),
        ]),
    ...(losses.length === 0
      ? []
      : [
          'After up and down:',
          bullets([...losses.slice(0, mostShown).map((one) => shortened(one, 1_000)), ...andMore(losses, 'loss')]),
        ]),
    ...missingSql(restoringSql),
    ...writtenWayBack(result),
    ...(notes.length === 0
      ? []
      : [
          folded(`${count(notes.length, 'remark')} of the rehearsal`, [
            bullets([...notes.slice(0, mostShown).map((one) => shortened(one, 1_000)), ...andMore(notes, 'remark')]),
          ]),
        ]),
  ];
};

/** Blocks of Markdown; the first is the head. */
export const migrationSection = (
  folder: string,
  migration: ReportedMigration,
  report: PullRequestReport,
  links: CommentLinks,
): readonly MarkdownPart[] => {
  const { review, outlook, rehearsal } = migration;
  const sign = isMigrationFine(migration, report) ? '✅' : '❌';
  return [
    markdown`### ${sign} ${fileLink(links, review.file, null, code(review.file))}`,
    ...lockTable(outlook, review.file, links),
    ...findingParts(review.findings, links),
    ...passedParts(review.passed, links),
    ...(rehearsal ? rollbackParts(folder, rehearsal, report) : []),
  ];
};
