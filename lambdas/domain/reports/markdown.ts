import { count } from '#domain/count';
import { answersInWords } from '#domain/evidence/answers';
import { type DataLoss, lossInWords } from '#domain/tables/data-loss';
import { lockInWords, workInWords } from './rehearsal-view';
import { type Report, signOffLines, stepsOf } from './report';
import { onOneLine } from './sentence';

/** One line on which nothing of the text is taken for Markdown or HTML. Underscores inside words are none. */
const plain = (text: string) => onOneLine(text).replaceAll(/[\\|<*`[]/g, '\\$&');

/** Cells are Markdown already. */
const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

/** Nothing without a rehearsal. A fence that no line of a definition ends. */
const rehearsalParts = (rehearsal: Report['rehearsal']): readonly string[] => {
  if (!rehearsal) return [];
  const { statements, difference, losses } = rehearsal;
  const lossLine = (way: string, loss: DataLoss | null) => (loss ? [`- ${way}: ${plain(lossInWords(loss))}`] : []);
  return [
    '## Rehearsed on a branch',
    table(
      ['Line', 'Statement', 'Class', 'Time', 'Read and written', 'Strongest locks', 'Harm', 'Prediction'],
      statements.map((statement) => [
        String(statement.line),
        plain(statement.summary),
        statement.class,
        `${Math.round(statement.durationMs)} ms`,
        workInWords(statement),
        plain(statement.locks.map(lockInWords).join('; ') || 'none'),
        statement.severity,
        plain([statement.outcome, ...statement.surprises].join('; ')),
      ]),
    ),
    ...(difference.length > 0 ? [`\`\`\`\`\`diff\n${difference.join('\n')}\n\`\`\`\`\``] : []),
    [...lossLine('The migration', losses.up), ...lossLine('The rollback', losses.down)].join('\n'),
  ];
};

/** The report as one Markdown document. */
export const renderMarkdownReport = (report: Report): string =>
  `${[
    `# Migration ${plain(report.migration)}: ${report.outcome}`,
    plain(report.purpose ?? ''),
    '## Sign-off',
    table(
      ['', ''],
      signOffLines(report).map((line) => line.map(plain)),
    ),
    `## Checklist: ${count(report.boxes.length, 'box', 'boxes')} (${answersInWords(report.boxes)})`,
    ...stepsOf(report).map(
      ({ number, title, boxes }) =>
        `### Step ${number}: ${title}\n\n${table(
          ['Box', '', 'Answer', 'Why', 'Evidence'],
          boxes.map(({ id, label, answer, reason, evidence }) => [
            id,
            plain(label),
            `**${answer}**`,
            plain(reason),
            plain(evidence ?? '–'),
          ]),
        )}`,
    ),
    '## Approvals',
    report.approvals.length === 0
      ? 'None.'
      : table(
          ['Stage', 'Decision', 'By', 'At', 'Reason'],
          report.approvals.map(({ stage, decision, by, at, reason }) => [stage, decision, by, at, reason].map(plain)),
        ),
    '## Findings',
    report.findings.length === 0
      ? 'None.'
      : report.findings
          .map(({ rule, line, message }) => `- ${line === null ? '' : `line ${line}: `}${plain(message)} (${rule})`)
          .join('\n'),
    ...(report.testsToAdd.length === 0
      ? []
      : ['## Tests to add', `\`\`\`\`\`sql\n${report.testsToAdd.join('\n\n')}\n\`\`\`\`\``]),
    ...rehearsalParts(report.rehearsal),
    '## Timings',
    table(
      ['', 'Started', 'Duration'],
      report.timings.map(({ title, startedAt, durationMs }) => [plain(title), startedAt, `${durationMs} ms`]),
    ),
    '## Evidence',
    table(
      ['Document', 'sha256'],
      report.evidence.map(({ key, sha256 }) => [plain(key), sha256]),
    ),
    `Run ${report.runId}, started by ${plain(report.startedBy)} on ${report.startedAt}, finished on ${report.finishedAt}. Migration sha256 ${report.sha256}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
