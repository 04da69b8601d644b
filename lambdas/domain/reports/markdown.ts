import { count } from '#domain/count';
import { answersInWords } from '#domain/evidence/answers';
import type { Finding } from '#domain/evidence/document';
import { findingsInWords, worstFirst } from '#domain/evidence/findings';
import { type DataLoss, lossInWords } from '#domain/tables/data-loss';
import {
  bullets,
  codeBlock,
  type Markdown,
  type MarkdownPart,
  markdown,
  paragraphs,
  table,
} from '#domain/text/markdown';
import { dependentsParts } from './dependents-view';
import { outcomeInWords } from './exceptions';
import { lockInWords, workInWords } from './rehearsal-view';
import { type Report, stepsOf } from './report';
import { resentLinkLines } from './resent-links';
import { signOffLines } from './sign-off-lines';
import { wrongCodeLines } from './wrong-codes';

/** Nothing without a rehearsal. */
const rehearsalParts = (rehearsal: Report['rehearsal']): readonly MarkdownPart[] => {
  if (!rehearsal) return [];
  const { statements, difference, losses } = rehearsal;
  const lossLine = (way: string, loss: DataLoss | null) => (loss ? [`${way}: ${lossInWords(loss)}`] : []);
  return [
    markdown`## Rehearsed on a branch`,
    table(
      ['Line', 'Statement', 'Class', 'Time', 'Read and written', 'Strongest locks', 'Harm', 'Prediction'],
      statements.map((statement) => [
        statement.line,
        statement.summary,
        statement.class,
        `${Math.round(statement.durationMs)} ms`,
        workInWords(statement),
        statement.locks.map(lockInWords).join('; ') || 'none',
        statement.severity,
        [statement.outcome, ...statement.surprises].join('; '),
      ]),
    ),
    ...(difference.length > 0 ? [codeBlock('diff', difference.join('\n'))] : []),
    bullets([...lossLine('The migration', losses.up), ...lossLine('The rollback', losses.down)]),
  ];
};

const stepParts = (report: Report): readonly MarkdownPart[] =>
  stepsOf(report).flatMap(({ number, title, boxes }) => [
    markdown`### Step ${number}: ${title}`,
    table(
      ['Box', '', 'Answer', 'Why', 'Evidence'],
      boxes.map(({ id, label, answer, reason, evidence }) => [
        id,
        label,
        markdown`**${answer}**`,
        reason,
        evidence ?? '–',
      ]),
    ),
  ]);

const findingLine = ({ rule, line, message, severity, remedy }: Finding): Markdown => {
  const where = line === null ? message : `line ${line}: ${message}`;
  const what = remedy === undefined ? markdown`${where} (${rule})` : markdown`${where} (${rule}): ${remedy}`;
  return severity ? markdown`**${severity}** ${what}` : what;
};

/** Where a statement can be written so that it neither waits nor breaks. */
const safeWays = (findings: readonly Finding[]): readonly MarkdownPart[] =>
  worstFirst(findings).flatMap(({ rule, line, safeWay }) =>
    safeWay === undefined
      ? []
      : [markdown`The safe way (${rule}${line === null ? '' : `, line ${line}`}):`, codeBlock('sql', safeWay)],
  );

/** The report as one Markdown document. */
export const renderMarkdownReport = (report: Report): string =>
  paragraphs([
    markdown`# Migration ${report.migration}: ${outcomeInWords(report.outcome)}`,
    report.purpose,
    markdown`## Sign-off`,
    table(['', ''], signOffLines(report)),
    markdown`## Checklist: ${count(report.boxes.length, 'box', 'boxes')} (${answersInWords(report.boxes)})`,
    ...stepParts(report),
    markdown`## Approvals`,
    report.approvals.length === 0
      ? 'None.'
      : table(
          ['Stage', 'Decision', 'By', 'At', 'Reason'],
          report.approvals.map(({ stage, decision, by, at, reason }) => [stage, decision, by, at, reason]),
        ),
    ...(report.wrongCodes ? [markdown`### Wrong codes`, bullets(wrongCodeLines(report.wrongCodes))] : []),
    ...(report.resentLinks ? [markdown`### Links sent again`, bullets(resentLinkLines(report.resentLinks))] : []),
    markdown`## Findings`,
    report.findings.length === 0 ? 'None.' : findingsInWords(report.findings),
    report.findings.length === 0 ? '' : bullets(worstFirst(report.findings).map(findingLine)),
    ...safeWays(report.findings),
    ...(report.testsToAdd.length === 0
      ? []
      : [markdown`## Tests to add`, codeBlock('sql', report.testsToAdd.join('\n\n'))]),
    ...dependentsParts(report.dependents ?? null),
    ...rehearsalParts(report.rehearsal),
    markdown`## Timings`,
    table(
      ['', 'Started', 'Duration'],
      report.timings.map(({ title, startedAt, durationMs }) => [title, startedAt, `${durationMs} ms`]),
    ),
    markdown`## Evidence`,
    table(
      ['Document', 'sha256'],
      report.evidence.map(({ key, sha256 }) => [key, sha256]),
    ),
    `Run ${report.runId}, started by ${report.startedBy} on ${report.startedAt}, finished on ${report.finishedAt}. Migration sha256 ${report.sha256}.`,
  ]);
