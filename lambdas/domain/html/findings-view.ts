/** Findings on a page: what stops first, the safe way beside it, conventions folded. */
import type { Finding } from '#domain/evidence/document';
import { isNote, worstFirst } from '#domain/evidence/findings';
import type { Severity } from '#domain/review/rule';
import { shortened } from '#domain/shorten';
import { type Extent, firstRows, leftOutNote } from './extent';
import { type Html, html } from './html';
import { type Tone, tag } from './page';

const severityTones: Readonly<Record<Severity, Tone>> = { stop: 'bad', warn: 'warn', note: 'plain' };

const safeWayView = (safeWay: string | undefined, { file }: Extent): Html | false =>
  safeWay !== undefined &&
  html`<details><summary>The safe way</summary><pre tabindex="0" role="region" aria-label="The safe way">${shortened(safeWay, file)}</pre></details>`;

const findingRow =
  (extent: Extent) =>
  ({ rule, message, line, severity, remedy, safeWay }: Finding): Html =>
    html`<li>${severity && tag(severity, severityTones[severity])} <div class="grow">${shortened(message, extent.sentence)}${line !== null && ` (line ${line})`} <code>${rule}</code>${remedy !== undefined && html`<br>${shortened(remedy, extent.sentence)}`}${safeWayView(safeWay, extent)}</div></li>`;

const rows = (findings: readonly Finding[], extent: Extent) =>
  html`<ul class="rows">${findings.map(findingRow(extent))}</ul>`;

/** The first ones; of the others how many there are of each rule, and `elsewhere` where they are. */
export const findingsView = (findings: readonly Finding[], extent: Extent, elsewhere: string): Html => {
  const sorted = worstFirst(findings);
  const { shown, left } = firstRows(sorted, extent);
  const notes = shown.filter(isNote);
  const others = shown.filter((finding) => !isNote(finding));
  const hidden = sorted.slice(shown.length);
  const rest = [...new Set(hidden.map(({ rule }) => rule))].map(
    (rule) => `${rule} ${hidden.filter((one) => one.rule === rule).length} times`,
  );
  return html`${others.length > 0 && rows(others, extent)}
${notes.length > 0 && html`<details><summary>Conventions: ${notes.length}</summary>${rows(notes, extent)}</details>`}
${left > 0 && leftOutNote(`${left} more are not on this page: ${rest.join(', ')}. ${elsewhere}`)}`;
};
