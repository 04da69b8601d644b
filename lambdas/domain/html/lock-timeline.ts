/** A migration as a picture: its statements as bars on one time axis, and under each the locks it holds, coloured by whom they stop. */
import { count, counted } from '#domain/count';
import type { GradedStatement, TableLock } from '#domain/dry-run/grade-statements';
import type { Blocked } from '#domain/locks/lock-modes';
import { type Html, html } from './html';
import { formatDuration } from './page';

/** More would not be read: those that stop somebody come first, then the longest. The table has all of them. */
const mostDrawn = 40;
/** 52 letters of 12 px fit on a phone that is 360 px wide. */
const longestLabel = 52;

const heights = { statement: 32, lock: 24, gap: 12 } as const;

const tones: Readonly<Record<Blocked, string>> = {
  nobody: 'nobody',
  writers: 'writers',
  'readers and writers': 'everybody',
};

const legend: readonly Blocked[] = ['readers and writers', 'writers', 'nobody'];

const shortened = (text: string, longest: number) =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`;

const longestMs = ({ durationMs, locks, rowLocks = [] }: GradedStatement) =>
  Math.max(
    durationMs,
    ...rowLocks.map(({ heldMs }) => heldMs),
    ...locks.filter(({ blocks }) => blocks !== 'nobody').map(({ heldMs }) => heldMs),
  );

const drawnOf = (statements: readonly GradedStatement[]): readonly GradedStatement[] => {
  const kept = new Set([...statements].sort((one, other) => longestMs(other) - longestMs(one)).slice(0, mostDrawn));
  return statements.filter((statement) => kept.has(statement));
};

/** Percent of the whole, one decimal. */
const share = (ms: number, wholeMs: number) => Math.round((ms / wholeMs) * 1000) / 10;

type Bar = {
  readonly tone: string;
  readonly top: number;
  readonly thickness: number;
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly label: string;
};

/** The words stand above the bar and begin at the left, so that none is cut off where the bar begins late. */
const bar = ({ tone, top, thickness, fromMs, lengthMs, label }: Bar, wholeMs: number): Html => {
  const left = Math.min(99.4, share(fromMs, wholeMs));
  const width = Math.max(0.6, Math.min(100 - left, share(lengthMs, wholeMs)));
  return html`<text x="0" y="${top + 11}">${label}</text><rect class="${tone}" x="${left}%" y="${top + 15}" width="${width}%" height="${thickness}" rx="1"></rect>`;
};

const lockLabel = ({ relation, blocks, heldMs }: TableLock) => {
  const held = formatDuration(heldMs);
  const who = blocks === 'nobody' ? 'stops nobody' : `stops ${blocks}`;
  const words = `, ${who}, ${held}`;
  return `↳ ${shortened(relation.replace(/^public\./, ''), longestLabel - words.length - 2)}${words}`;
};

/** The bars from top to bottom, and where the last one ends. */
const barsOf = (statements: readonly GradedStatement[]) => {
  const bars: Bar[] = [];
  let top = 0;
  for (const { line, summary, startedAtMs, durationMs, locks, rowLocks = [] } of statements) {
    const time = `, ${formatDuration(durationMs)}`;
    const label = `${shortened(`${line}: ${summary}`, longestLabel - time.length)}${time}`;
    bars.push({ tone: 'statement', top, thickness: 8, fromMs: startedAtMs, lengthMs: durationMs, label });
    top += heights.statement;
    for (const lock of locks) {
      const { fromMs, heldMs: lengthMs, blocks } = lock;
      bars.push({ tone: tones[blocks], top, thickness: 4, fromMs, lengthMs, label: lockLabel(lock) });
      top += heights.lock;
    }
    for (const { table, rows, fromMs, heldMs: lengthMs } of rowLocks) {
      const words = `, stops writers of ${rows === null ? 'rows' : counted(rows, 'row')}, ${formatDuration(lengthMs)}`;
      const label = `↳ ${shortened(table.replace(/^public\./, ''), longestLabel - words.length - 2)}${words}`;
      bars.push({ tone: tones.writers, top, thickness: 4, fromMs, lengthMs, label });
      top += heights.lock;
    }
    top += heights.gap;
  }
  return { bars, height: Math.max(0, top - heights.gap) };
};

const describeLocks = (statements: readonly GradedStatement[], wholeMs: number) => {
  const blocking = statements.flatMap(({ locks }) => locks).filter(({ blocks }) => blocks !== 'nobody');
  const longest = Math.max(0, ...blocking.map(({ heldMs }) => heldMs));
  const rows = Math.max(0, ...statements.flatMap(({ rowLocks = [] }) => rowLocks.map(({ heldMs }) => heldMs)));
  const stopsRows = rows > 0 ? ` Locks on rows stop their writers for up to ${formatDuration(rows)}.` : '';
  const stops =
    blocking.length === 0
      ? 'No lock on an existing table stops readers or writers.'
      : `Locks that stop readers or writers: ${blocking.length}, the longest for ${formatDuration(longest)}.`;
  return `${count(statements.length, 'statement')} in ${formatDuration(wholeMs)}. ${stops}${stopsRows} The table below shows the same.`;
};

/** Empty without statements. Needs no script; a screen reader gets title and description, and the table that goes with it. */
export const lockTimelineView = (statements: readonly GradedStatement[]): Html => {
  if (statements.length === 0) return html``;
  const wholeMs = Math.max(
    1,
    ...statements.flatMap(({ startedAtMs, durationMs, locks, rowLocks = [] }) => [
      startedAtMs + durationMs,
      ...[...locks, ...rowLocks].map(({ fromMs, heldMs }) => fromMs + heldMs),
    ]),
  );
  const drawn = drawnOf(statements);
  const { bars, height } = barsOf(drawn);
  return html`<ul class="legend" aria-hidden="true"><li><svg width="14" height="8"><rect class="statement" width="14" height="8"></rect></svg> a statement runs</li>${legend.map(
    (who) =>
      html`<li><svg width="14" height="8"><rect class="${tones[who]}" y="2" width="14" height="4"></rect></svg> a lock stops ${who}</li>`,
  )}</ul>
<svg class="locks" role="img" aria-labelledby="locks-title locks-description" width="100%" height="${height}"><title id="locks-title">Statements and their locks over time</title><desc id="locks-description">${describeLocks(statements, wholeMs)}</desc>${bars.map((one) => bar(one, wholeMs))}</svg>
${drawn.length < statements.length && html`<p class="quiet">The picture shows ${drawn.length} of ${statements.length} statements: those that stop others, and the longest.</p>`}`;
};
