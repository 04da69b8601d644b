/** The rehearsal as a person should see it: picture, table, the schema's difference, what is lost. */
import { counted } from '#domain/count';
import type { ComparedStatement, Outcome } from '#domain/dry-run/compare-prediction';
import type { Harm, TableLock } from '#domain/dry-run/grade-statements';
import type { RowLock } from '#domain/dry-run/row-locks';
import { growthInWords } from '#domain/dry-run/waits';
import { differenceView } from '#domain/html/difference-view';
import { type Extent, firstRows, leftOutNote, whole } from '#domain/html/extent';
import { type Html, html } from '#domain/html/html';
import { lockTimelineView } from '#domain/html/lock-timeline';
import { formatDuration, type Tone, tag } from '#domain/html/page';
import { firstLines } from '#domain/shorten';
import { type DataLoss, lossInWords } from '#domain/tables/data-loss';
import type { Rehearsal } from './rehearsal';

const harmTones: Readonly<Record<Harm, Tone>> = { none: 'good', low: 'plain', medium: 'warn', high: 'bad' };
const outcomeTones: Readonly<Record<Outcome, Tone>> = {
  confirmed: 'good',
  worse: 'bad',
  'false alarm': 'plain',
  'not predicted': 'plain',
};
const lossTones: Readonly<Record<DataLoss['grade'], Tone>> = {
  'nothing lost': 'good',
  'not compared': 'warn',
  changed: 'warn',
  lost: 'bad',
};

const units: readonly (readonly [string, number])[] = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
];

/** `12 kB`, `-1.5 MB`, `0 B`, `not measured`. */
export const formatBytes = (bytes: number | null): string => {
  if (bytes === null) return 'not measured';
  const unit = units.find(([, size]) => Math.abs(bytes) >= size);
  if (!unit) return `${bytes} B`;
  const value = bytes / unit[1];
  return `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} ${unit[0]}`;
};

/** `AccessExclusiveLock on public.jobs: readers and writers wait 1.2 s, up to 12 requests`. */
export const lockInWords = ({ mode, relation, blocks, heldMs, waiting }: TableLock): string => {
  const stops =
    blocks === 'nobody'
      ? 'nobody waits'
      : `${blocks} wait ${formatDuration(heldMs)}${waiting === null ? '' : waiting === 0 ? ', at present no request' : `, up to ${counted(waiting, 'request')}`}`;
  return `${mode} on ${relation}: ${stops}`;
};

/** `500,000 rows of public.orders: writers of these rows wait 6.5 s`. */
export const rowLockInWords = ({ table, rows, blocks, heldMs }: RowLock): string =>
  `${rows === null ? 'an unknown number of rows' : counted(rows, 'row')} of ${table}: ${blocks} wait ${formatDuration(heldMs)}`;

/** Documents of version 0.2.0 and before do not say it. */
const growthCell = ({ durationMs, growth }: ComparedStatement): Html => {
  if (!growth) return html`not known`;
  return growth.length === 0 ? html`nothing` : listOf(growth.map((one) => growthInWords(durationMs, one)));
};

/** What a statement read and wrote, those figures that are not nothing. */
export const workInWords = ({ rowsScanned, rowsWritten, walBytes, sizeChangeBytes }: ComparedStatement): string =>
  [
    ...(rowsScanned > 0 ? [`${counted(rowsScanned, 'row')} read`] : []),
    ...(rowsWritten > 0 ? [`${counted(rowsWritten, 'row')} written`] : []),
    ...(walBytes === 0 ? [] : [walBytes === null ? 'log not measured' : `${formatBytes(walBytes)} of log`]),
    ...(sizeChangeBytes
      ? [`${formatBytes(Math.abs(sizeChangeBytes))} ${sizeChangeBytes > 0 ? 'more' : 'less'} on disk`]
      : []),
  ].join(', ') || 'nothing';

const listOf = (texts: readonly string[]): Html =>
  texts.length === 0 ? html`none` : html`${texts.map((text) => html`<div>${text}</div>`)}`;

type Column = {
  readonly head: string;
  readonly isNumber?: true;
  readonly cell: (statement: ComparedStatement) => Html;
};

const columns: readonly Column[] = [
  { head: 'Line', isNumber: true, cell: ({ line }) => html`${line}` },
  { head: 'Statement', cell: ({ summary }) => html`<code>${summary}</code>` },
  { head: 'Class', cell: (statement) => html`${statement.class}` },
  { head: 'Time', isNumber: true, cell: ({ durationMs }) => html`${formatDuration(durationMs)}` },
  { head: 'Read and written', cell: (statement) => html`${workInWords(statement)}` },
  {
    head: 'Strongest locks',
    cell: ({ locks, rowLocks = [] }) => listOf([...locks.map(lockInWords), ...rowLocks.map(rowLockInWords)]),
  },
  { head: 'Grows with', cell: growthCell },
  { head: 'Harm', cell: ({ severity }) => tag(severity, harmTones[severity]) },
  {
    head: 'Prediction',
    cell: ({ outcome, surprises }) =>
      html`${tag(outcome, outcomeTones[outcome])}${surprises.map((text) => html`<div>${text}</div>`)}`,
  },
];

// On a phone every row is laid out as a list of heads and values; with the roles written down it stays a table for those who
// hear it.
const statementTable = (
  statements: readonly ComparedStatement[],
): Html => html`<table class="stacked" role="table" aria-label="Statements of the dry run">
<thead role="rowgroup"><tr role="row">${columns.map(({ head }) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${statements.map((statement) => html`<tr role="row">${columns.map((column) => cellOf(column, statement))}</tr>`)}</tbody></table>`;

const cellOf = ({ head, isNumber, cell }: Column, statement: ComparedStatement): Html =>
  html`<td role="cell" data-head="${head}"${isNumber && html` class="number"`}><div>${cell(statement)}</div></td>`;

const lossRow = (way: string, loss: DataLoss | null): Html | null =>
  loss &&
  html`<li>${tag(loss.grade, lossTones[loss.grade])} <span class="grow"><strong>${way}</strong>: ${lossInWords(loss)}</span></li>`;

const harms: readonly Harm[] = ['none', 'low', 'medium', 'high'];

/** In the order of the file; when there are too many, those of the least harm are left out. */
const mostHarmfulRows = (statements: readonly ComparedStatement[], extent: Extent) => {
  const byHarm = [...statements].sort((a, b) => harms.indexOf(b.severity) - harms.indexOf(a.severity));
  const { shown, left } = firstRows(byHarm, extent);
  return { shown: statements.filter((statement) => left === 0 || shown.includes(statement)), left };
};

const linesIn = ({ rows, sentence }: Extent) => ({
  most: rows,
  characters: sentence,
  where: 'lines in the documents of the run',
});

/** Nothing before a dry run. */
export const rehearsalView = (rehearsal: Rehearsal | null, extent: Extent = whole): Html | null => {
  if (!rehearsal) return null;
  const { losses } = rehearsal;
  const { shown: statements, left } = mostHarmfulRows(rehearsal.statements, extent);
  const difference = firstLines(rehearsal.difference, linesIn(extent));
  const afterRollback = rehearsal.afterRollback && firstLines(rehearsal.afterRollback, linesIn(extent));
  return html`<section aria-labelledby="rehearsal"><h2 id="rehearsal">Rehearsed on a branch</h2>
${lockTimelineView(statements)}
<h3>Statement by statement</h3>
${left > 0 && leftOutNote(`${left} of ${rehearsal.statements.length} statements are not on this page: those of the least harm. The document of Step 6 in the run's folder has them all.`)}
${statementTable(statements)}
<h3>How the schema changes</h3>
${difference.length === 0 ? html`<p>Nothing changes.</p>` : differenceView(difference, 'Difference of the schema')}
${afterRollback && html`<h3>What is different after the rollback</h3>`}
${afterRollback && (afterRollback.length === 0 ? html`<p>Nothing: the schema is the same as before the migration.</p>` : differenceView(afterRollback, 'Difference after the rollback'))}
<h3>How rows and values change</h3>
<ul class="rows">${lossRow('The migration', losses.up)}${lossRow('The rollback', losses.down)}</ul></section>`;
};
