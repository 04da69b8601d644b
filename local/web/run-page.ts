/** `/runs/<name>`: one run, as it happens. */

import { answersInWords } from '#domain/evidence/answers';
import { type Html, html } from '#domain/html/html';
import { factList, formatDuration, formatTime, renderPage, type Tone, tag } from '#domain/html/page';
import { strangeView } from '#domain/html/strange-view';
import { listed } from '#domain/listed';
import { resentLinkLines } from '#domain/reports/resent-links';
import { wrongCodeLines } from '#domain/reports/wrong-codes';
import { navigation } from './navigation';
import type { RunRow } from './run-rows';
import type { ExecutionDetail } from './site';
import type { Standing } from './state-progress';

type Shown = Standing | 'ahead' | 'not reached';

const words: Readonly<Record<Shown, readonly [word: string, tone: Tone]>> = {
  ahead: ['ahead', 'plain'],
  'not reached': ['not reached', 'plain'],
  running: ['running', 'busy'],
  waiting: ['waiting', 'warn'],
  done: ['done', 'good'],
  failed: ['failed', 'bad'],
  stopped: ['stopped', 'plain'],
  alarm: ['alarm', 'bad'],
  rejected: ['rejected', 'bad'],
};

/** A time that has not ended: the script counts it on. */
export const sinceView = (startedAt: string): Html =>
  html`<span data-since="${startedAt}">since ${startedAt.slice(11, 19)}</span>`;

const timeOf = ({ progress }: RunRow): Html | string | null => {
  if (!progress) return null;
  if (progress.durationMs !== null) return formatDuration(progress.durationMs);
  return sinceView(progress.enteredAt);
};

const waitingFor = ({ progress, asked, watched, startedRun }: RunRow): Html | null => {
  if (startedRun !== null) return html`<br>In a run of its own: <a href="/runs/${startedRun}">${startedRun}</a>`;
  if (progress?.standing !== 'waiting') return null;
  return asked
    ? html`<br>Asked: ${asked.approvers.join(', ')}, until ${formatTime(asked.expiresAt)}. Link and code are in the <a href="/mailbox">mailbox</a>.`
    : html`<br>${watched ?? 'The run is waiting for an answer.'}`;
};

/** Whoever reads it should know that somebody tried, and that links were sent again. */
const linksOf = ({ wrongCodes, resentLinks }: RunRow): Html =>
  html`${[...wrongCodeLines(listed(wrongCodes)), ...resentLinkLines(listed(resentLinks))].map((line) => html`<br>${line}`)}`;

const rowView = (row: RunRow, index: number, isOver: boolean): Html => {
  const { name, progress, evidence } = row;
  const [word, tone] = words[progress?.standing ?? (isOver ? 'not reached' : 'ahead')];
  return html`<li id="row-${index}">${tag(word, tone)}
<span class="grow"><strong>${name}</strong>${evidence && evidence.document.boxes.length > 0 && html`<br>${answersInWords(evidence.document.boxes)}`}${
    progress?.error && html`<br>${progress.error}`
  }${
    progress?.remark && html`<br>${progress.remark}`
  }${progress && progress.retries > 0 && html`<br>tried again: ${progress.retries}`}${waitingFor(row)}${linksOf(row)}</span>
<span class="meta">${evidence && html`<a href="/evidence/${evidence.ref.key}" aria-label="Evidence of ${name}">evidence</a>`}
<span class="time">${timeOf(row)}</span></span></li>`;
};

const runTones: Readonly<Record<string, readonly [word: string, tone: Tone]>> = {
  RUNNING: ['running', 'busy'],
  // Its report says whether it was signed off, with exceptions, or as a demonstration.
  SUCCEEDED: ['completed', 'good'],
  FAILED: ['failed', 'bad'],
  ABORTED: ['stopped', 'bad'],
  TIMED_OUT: ['timed out', 'bad'],
  // No process goes on with it at the moment; the same command as before does.
  INTERRUPTED: ['interrupted', 'warn'],
};

/** The word and colour of an execution's status. */
export const statusTag = (status: string): Html =>
  tag(...(runTones[status] ?? [status.toLowerCase(), 'plain' as const]));

const nowText = (rows: readonly RunRow[]): string => {
  const open = rows.filter(({ progress }) => progress?.durationMs === null);
  const waiting = open.filter(({ progress }) => progress?.standing === 'waiting').map(({ name }) => name);
  if (waiting.length > 0) return `Waiting for an answer: ${waiting.join(', ')}.`;
  return open.length > 0 ? `Running: ${open.map(({ name }) => name).join(', ')}.` : 'Between two states.';
};

/** The part of the page that changes; it is also what the events carry. */
export const runFragment = (
  { name, status, startDate, stopDate, error, cause }: ExecutionDetail,
  rows: readonly RunRow[],
  hasReport: boolean,
  strange: readonly string[],
): Html => html`<div id="status">${factList([
  ['State', statusTag(status)],
  ['Started', formatTime(startDate.toISOString())],
  ['Took', stopDate && formatDuration(stopDate.getTime() - startDate.getTime())],
])}
${status === 'RUNNING' && html`<p role="status">${nowText(rows)}</p>`}
${error && html`<p class="note bad"><strong>${error}</strong>${cause && `: ${cause}`}</p>`}
${strangeView(strange)}
${hasReport && html`<p><a href="/reports/${name}">Report</a></p>`}</div>
<ol class="rows" id="rows">${rows.map((row, index) => rowView(row, index, status !== 'RUNNING'))}</ol>`;

/** `ask` stands behind what changes while the page is open, so that nothing that is typed is lost. */
export const runPage = (name: string, fragment: Html, ask: Html | null = null): string =>
  renderPage({
    title: `Run ${name}`,
    navigation,
    script: '/live.js',
    body: html`<h1>Run ${name}</h1><div data-live="/runs/${name}/events">${fragment}</div>${ask}`,
  });
