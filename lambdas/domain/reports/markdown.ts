import { type Report, signOffLines, stepsOf } from './report';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const countLine = (report: Report) =>
  Object.entries(report.counts)
    .filter(([, count]) => count > 0)
    .map(([answer, count]) => `${count} ${answer}`)
    .join(', ');

/** The report as one Markdown document. */
export const renderMarkdownReport = (report: Report): string =>
  `${[
    `# Migration ${report.migration}: ${report.outcome}`,
    report.purpose ?? '',
    '## Sign-off',
    table(['', ''], signOffLines(report)),
    `## Checklist: ${report.boxes.length} boxes (${countLine(report)})`,
    ...stepsOf(report).map(
      ({ number, title, boxes }) =>
        `### Step ${number}: ${title}\n\n${table(
          ['Box', '', 'Answer', 'Why', 'Evidence'],
          boxes.map((box) => [box.id, box.label, `**${box.answer}**`, box.reason, box.evidence ?? '–']),
        )}`,
    ),
    '## Approvals',
    report.approvals.length === 0
      ? 'None.'
      : table(
          ['Stage', 'Decision', 'By', 'At', 'Reason'],
          report.approvals.map(({ stage, decision, by, at, reason }) => [stage, decision, by, at, reason]),
        ),
    '## Findings',
    report.findings.length === 0
      ? 'None.'
      : report.findings
          .map(({ rule, line, message }) => `- ${line === null ? '' : `line ${line}: `}${message} (${rule})`)
          .join('\n'),
    '## Timings',
    table(
      ['', 'Started', 'Duration'],
      report.timings.map(({ title, startedAt, durationMs }) => [title, startedAt, `${durationMs} ms`]),
    ),
    '## Evidence',
    table(
      ['Document', 'sha256'],
      report.evidence.map(({ key, sha256 }) => [key, sha256]),
    ),
    `Run ${report.runId}, started by ${report.startedBy} on ${report.startedAt}, finished on ${report.finishedAt}. Migration sha256 ${report.sha256}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
