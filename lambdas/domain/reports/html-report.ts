import { count } from '#domain/count';
import type { Answer } from '#domain/evidence/document';
import { findingsInWords } from '#domain/evidence/findings';
import { answerTones } from '#domain/html/answer-tones';
import { whole } from '#domain/html/extent';
import { findingsView } from '#domain/html/findings-view';
import { type Html, type HtmlPart, html } from '#domain/html/html';
import { factList, formatDuration, formatTime, renderPage, tag } from '#domain/html/page';
import { dependentsView } from './dependents-view';
import { exceptionLines, outcomeInWords } from './exceptions';
import { rehearsalView } from './rehearsal-view';
import { type Report, type ReportStep, stepsOf } from './report';
import { resentLinkLines } from './resent-links';
import { schemaView } from './schema-view';
import { signOffLines } from './sign-off-lines';
import { wrongCodeLines } from './wrong-codes';

const stepSection = ({ number, title, boxes }: ReportStep): Html => html`<section>
<h3>Step ${number}: ${title}</h3>
<ul class="rows">${boxes.map(
  ({ id, label, answer, reason, evidence }) => html`<li id="box-${id}"><span>${id}</span>
<span class="grow"><strong>${label}</strong><br>${reason}${evidence && html`<br><code>${evidence}</code>`}</span>
${tag(answer, answerTones[answer])}</li>`,
)}</ul>
</section>`;

/** Bars on one time axis: what ran when, and what ran beside it. Drawn as SVG so that it prints and needs no script. */
const timelineView = ({ timings, startedAt, finishedAt }: Report): Html => {
  const start = Date.parse(startedAt);
  const wholeMs = Math.max(1, Date.parse(finishedAt) - start);
  const rowHeight = 22;
  const scale = (ms: number) => Math.round((ms / wholeMs) * 1000) / 10;
  return html`<svg class="timeline" role="img" aria-label="What ran when" width="100%" height="${timings.length * rowHeight}">${timings.map(
    ({ title, startedAt: at, durationMs }, index) => {
      const left = scale(Date.parse(at) - start);
      const text = `${title}, ${formatDuration(durationMs)}`;
      const isLate = left > 55;
      return html`<rect x="${left}%" y="${index * rowHeight + 3}" width="${Math.max(0.3, scale(durationMs))}%" height="${rowHeight - 6}" fill="currentColor" opacity="0.25"></rect>
<text x="${left}%" dx="${isLate ? -6 : 6}" y="${index * rowHeight + 15}" font-size="12" fill="currentColor" text-anchor="${isLate ? 'end' : 'start'}">${text}</text>`;
    },
  )}</svg>`;
};

/** One beneath the other, as many as there are. */
const issuesView = ({ signOff: { issuesFound } }: Report, none: string): Html =>
  issuesFound.length === 0
    ? html`${none}`
    : html`<ul class="plain">${issuesFound.map((issue) => html`<li>${issue}</li>`)}</ul>`;

const viewOf = (report: Report, name: string, value: string): HtmlPart => {
  if (name === 'Issues found') return issuesView(report, value);
  return name === 'Exceptions'
    ? html`<ul class="plain">${exceptionLines(report).map((one) => html`<li>${one}</li>`)}</ul>`
    : value;
};

/** Nothing where every rule was tested. */
const testsView = ({ testsToAdd }: Report): Html | null =>
  testsToAdd.length === 0
    ? null
    : html`<h2>Tests to add</h2>
<p>No declared test has shown these rules at work. Paste what fits into the checks file, and put a value where angle brackets ask for one.</p>
<pre tabindex="0">${testsToAdd.join('\n\n')}</pre>`;

/** Nothing where there are none. */
const linesView = (title: string, lines: readonly string[]): Html | null =>
  lines.length === 0
    ? null
    : html`<h3>${title}</h3>
<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

/** The report as one page that needs nothing else: no script, no request. */
export const renderHtmlReport = (report: Report): string =>
  renderPage({
    title: `${report.migration}: ${outcomeInWords(report.outcome)}`,
    body: html`<h1>Migration ${report.migration}: ${outcomeInWords(report.outcome)}</h1>
<p>${report.purpose}</p>
${report.cause && html`<p class="note bad">${report.cause}</p>`}
<h2>Sign-off</h2>
${factList(
  signOffLines(report)
    .filter(([name]) => name !== 'Cause')
    .map(([name, value]) => [name, viewOf(report, name, value)]),
)}
<h2>Checklist: ${count(report.boxes.length, 'box', 'boxes')}</h2>
<p>${Object.entries(report.counts)
      .filter(([, count]) => count > 0)
      .map(([answer, count]) => html`${tag(`${count} ${answer}`, answerTones[answer as Answer])} `)}</p>
${stepsOf(report).map(stepSection)}
<h2>Approvals</h2>
${
  report.approvals.length === 0
    ? html`<p>None.</p>`
    : html`<ul class="rows">${report.approvals.map(
        ({ stage, decision, by, at, reason }) =>
          html`<li><span class="grow"><strong>${stage}</strong> by ${by}: ${reason}</span>${tag(decision, decision === 'approved' ? 'good' : 'bad')}<span>${formatTime(at)}</span></li>`,
      )}</ul>`
}
${linesView('Wrong codes', wrongCodeLines(report.wrongCodes))}${linesView('Links sent again', resentLinkLines(report.resentLinks))}
<h2>Findings</h2>
${
  report.findings.length === 0
    ? html`<p>None.</p>`
    : html`<p>${findingsInWords(report.findings)}</p>${findingsView(report.findings, whole, '')}`
}
${testsView(report)}
${schemaView(report.schema)}
${dependentsView(report.dependents ?? null)}
${rehearsalView(report.rehearsal)}
<h2>Timings</h2>
${timelineView(report)}
<h2>Evidence</h2>
<p>Each document names the hashes of those before it, and the one that closes the run holds the hash of this report. Whoever holds the store checks the chain with <code>npm run verify-evidence -- ${report.runId}</code>.</p>
<ul class="rows">${report.evidence.map(({ key, sha256 }) => html`<li><span class="grow">${key}</span><code>${sha256}</code></li>`)}</ul>
<footer>Run ${report.runId}, started by ${report.startedBy} on ${formatTime(report.startedAt)}, finished on ${formatTime(report.finishedAt)}. Migration sha256 <code>${report.sha256}</code>.</footer>`,
  });
