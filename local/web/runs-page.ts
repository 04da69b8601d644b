/** `/`: every run of this machine, the newest first. */
import { type Html, html } from '#domain/html/html';
import { formatDuration, formatTime, renderPage } from '#domain/html/page';
import { navigation } from './navigation';
import { sinceView, statusTag } from './run-page';
import type { ExecutionSummary } from './site';

const runView = ({
  name,
  status,
  startDate,
  stopDate,
  project,
}: ExecutionSummary): Html => html`<li id="run-${name}">${statusTag(status)}
<span class="grow"><a href="/runs/${name}">${name}</a><br><span class="quiet">${formatTime(startDate.toISOString())}${project && `, ${project}`}</span></span>
<span class="time">${
  stopDate ? formatDuration(stopDate.getTime() - startDate.getTime()) : sinceView(startDate.toISOString())
}</span></li>`;

/** The part of the page that changes. */
export const runsFragment = (executions: readonly ExecutionSummary[]): Html =>
  executions.length === 0
    ? html`<p id="none">There is no run yet. <code>npm start</code> runs every pending migration.</p>`
    : html`<ol class="rows" id="runs">${[...executions].sort((a, b) => (a.startDate < b.startDate ? 1 : -1)).map(runView)}</ol>`;

export const runsPage = (fragment: Html): string =>
  renderPage({
    title: 'Runs',
    navigation,
    script: '/live.js',
    body: html`<h1>Runs</h1><div data-live="/events">${fragment}</div>`,
  });
