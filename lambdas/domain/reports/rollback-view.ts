/** The rollback that somebody asked for, as a person should see it before deciding: what it does to the data of now, and what it did then. */
import { notBackedUpInWords } from '#domain/boxes/05-backup-database';
import { revertedBox } from '#domain/boxes/13-test-rollback';
import { factsIn } from '#domain/boxes/facts';
import { whyNotRehearsed } from '#domain/boxes/not-rehearsed';
import type { RehearsedThen } from '#domain/boxes/rollback-run';
import { unsavedIn, withoutDumpOfNow } from '#domain/boxes/unsaved';
import type { WrittenWayBack } from '#domain/catalog/proved-way-back';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Extent, whole } from '#domain/html/extent';
import { type Html, html } from '#domain/html/html';
import { factList, formatDuration, type Tone, tag } from '#domain/html/page';
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import { firstLines, shortened } from '#domain/shorten';
import { type DataLoss, lossInWords } from '#domain/tables/data-loss';
import { lockInWords } from './rehearsal-view';
import { remainingWays } from './remaining-ways';

type Said = { readonly answer: string; readonly reason: string };

export type ShownRollback = {
  /** Why nothing was rehearsed; left out where it was. */
  readonly notRehearsed?: string;
  /** Why there is no dump of now, and what there is instead; left out where there is one. */
  readonly notBackedUp?: { readonly why: string; readonly instead: string };
  readonly now: {
    readonly reverted: Said | null;
    readonly dataLoss: DataLoss | null;
    /** Null where nothing was run. */
    readonly locks: readonly string[] | null;
  };
  readonly atApply: RehearsedThen | null;
  /** SQL that the branch has proved instead; left out where none was looked for. */
  readonly written?: WrittenWayBack;
};

/** Null before the rehearsal, and in runs of the checklist. */
export const rollbackIn = (documents: readonly EvidenceDocument[]): ShownRollback | null => {
  const document = documents.findLast(({ name }) => name === 'rehearse-rollback');
  if (!document) return null;
  const rehearsed = factsIn(documents, 'rehearse-rollback');
  const { dataLoss, assessed, atApply, written } = rehearsed;
  const notRehearsed = whyNotRehearsed(rehearsed);
  const reverted = document.boxes.find(({ box }) => box === revertedBox);
  const unsaved = unsavedIn(documents);
  return {
    ...(unsaved && {
      notBackedUp: { why: notBackedUpInWords(unsaved.notBackedUp), instead: withoutDumpOfNow(unsaved) },
    }),
    ...(notRehearsed !== null && { notRehearsed }),
    now: {
      reverted: reverted ?? null,
      dataLoss: dataLoss ?? null,
      locks:
        assessed?.flatMap(({ line, durationMs, locks }) =>
          locks.map((lock) => `line ${line}, ${formatDuration(durationMs)}: ${lockInWords(lock)}`),
        ) ?? null,
    },
    atApply: atApply ?? null,
    ...(written && { written }),
  };
};

const toneOf = (answer: string): Tone => (answer === 'proved' ? 'good' : answer === 'open' ? 'warn' : 'bad');

const saidView = (said: Said | null, extent: Extent): Html =>
  said
    ? html`${tag(said.answer, toneOf(said.answer))} ${shortened(said.reason, extent.sentence)}`
    : html`${tag('not known', 'warn')} no rehearsal has said it`;

const lossView = (loss: DataLoss | null): Html =>
  loss
    ? html`${tag(loss.grade, loss.grade === 'nothing lost' ? 'good' : 'bad')} ${lossInWords(loss)}`
    : html`${tag('not known', 'warn')} no rehearsal has counted it`;

const thenView = ({ runId, reverted, dataLoss }: RehearsedThen, extent: Extent): Html =>
  html`<h3>What the rehearsal before the apply had said, of the data of then (run ${runId})</h3>
${factList([
  ['Schema after it', saidView(reverted, extent)],
  ['Rows and values', lossView(dataLoss)],
])}`;

const locksView = (lines: readonly string[] | null, extent: Extent): Html => {
  if (!lines) return html`${tag('not known', 'warn')} no rehearsal has measured them`;
  if (lines.length === 0) return html`none on what others use`;
  const shown = firstLines(lines, { most: extent.rows, characters: extent.sentence, where: 'lines in its document' });
  return html`${shown.map((line) => html`<div>${line}</div>`)}`;
};

const inOrder = ({ versions }: RollbackPin): Html | null =>
  versions.length < 2
    ? null
    : html`<p>Taken back in this order, as one plan: ${versions.map(({ migration }) => migration).join(', ')}.</p>`;

const writtenView = ({ sql, why }: WrittenWayBack): Html =>
  sql === null
    ? html`<p class="note">No SQL that leads back could be written: ${why}.</p>`
    : html`<details><summary>The SQL that led back on the branch</summary><pre><code>${sql}</code></pre></details>`;

/** Where this rollback is not known to lead back exactly: what else a person can choose. */
const remainingView = ({ now: { reverted }, atApply, written }: ShownRollback): Html | null => {
  if (reverted?.answer === 'proved') return null;
  const lines = remainingWays(atApply?.saved ?? null, written).map(
    ({ before, command, after }) => html`${before}${command !== null && html`<code>${command}</code>`}${after}`,
  );
  return html`<h3>What remains, where this rollback is not what you want</h3>
<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>
${written && writtenView(written)}`;
};

/** Nothing before the rehearsal. */
export const rollbackView = (
  shown: ShownRollback | null,
  pin: RollbackPin | undefined,
  extent: Extent = whole,
): Html | null => {
  if (!shown || !pin) return null;
  const { now, atApply, notRehearsed, notBackedUp } = shown;
  return html`<section aria-labelledby="rollback-now"><h2 id="rollback-now">Rehearsed on the data of now</h2>
${notRehearsed && html`<p class="note bad"><strong>This rollback is ${shortened(notRehearsed, extent.sentence)}.</strong> Two people have to approve it.</p>`}
${notBackedUp && html`<p class="note bad"><strong>This rollback is ${shortened(notBackedUp.why, extent.sentence)}.</strong> ${notBackedUp.instead}</p>`}
${inOrder(pin)}
${factList([
  ['Schema after it', saidView(now.reverted, extent)],
  ['Rows and values', lossView(now.dataLoss)],
  ['Locks', locksView(now.locks, extent)],
])}
${remainingView(shown)}
${atApply && thenView(atApply, extent)}</section>`;
};
