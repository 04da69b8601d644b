/** Who and what depends on the objects that the migration changes, as Step 3 found it: for the page, the mail and the report. */
import { factsIn } from '#domain/boxes/facts';
import type { SeenSessions } from '#domain/environment/sessions';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Extent, firstRows, leftOutNote, whole } from '#domain/html/extent';
import { type Html, html } from '#domain/html/html';
import type { Dependents } from '#domain/review/dependents';
import { type DependentsList, dependentsLists } from '#domain/review/dependents-in-words';
import { shortened } from '#domain/shorten';
import { bullets, type MarkdownPart, markdown } from '#domain/text/markdown';

export type ShownDependents = { readonly dependents: Dependents; readonly sessions: SeenSessions };

/** Null before Step 3, and in runs of versions that did not look. */
export const dependentsIn = (documents: readonly EvidenceDocument[]): ShownDependents | null => {
  const { dependents, sessions } = factsIn(documents, '03-impact-analysis');
  return dependents && sessions ? { dependents, sessions } : null;
};

const listsOf = ({ dependents, sessions }: ShownDependents) => dependentsLists(dependents, sessions);

const leftInWords = (left: number) => `${left} more are not listed: the target itself has them all.`;

const listView = ({ title, note, rows, left, none }: DependentsList, extent: Extent): Html => {
  const { shown, left: cut } = firstRows(rows, extent);
  return html`<h3>${title}</h3>
${note && html`<p class="quiet">${note}</p>`}
${rows.length === 0 && html`<p>${none}</p>`}
${
  rows.length > 0 &&
  html`<ul class="rows">${shown.map(
    ([name, text]) =>
      html`<li><span class="grow"><strong>${shortened(name, extent.sentence)}</strong>${text && ' '}${shortened(text, extent.sentence)}</span></li>`,
  )}</ul>`
}
${left + cut > 0 && leftOutNote(leftInWords(left + cut))}`;
};

export const dependentsView = (shown: ShownDependents | null, extent: Extent = whole): Html | null =>
  shown &&
  html`<section aria-labelledby="dependents"><h2 id="dependents">Who depends on it</h2>
<p>What the database knows of it. Services that come through others, and those that were not connected, a person has to know.</p>
${listsOf(shown).map((list) => listView(list, extent))}</section>`;

/** Nothing where Step 3 did not look. */
export const dependentsParts = (shown: ShownDependents | null): readonly MarkdownPart[] =>
  shown
    ? [
        markdown`## Who depends on it`,
        ...listsOf(shown).flatMap(({ title, note, rows, left, none }) => [
          markdown`### ${title}`,
          ...(note ? [note] : []),
          rows.length === 0
            ? none
            : bullets(rows.map(([name, text]) => (text ? markdown`**${name}** ${text}` : markdown`**${name}**`))),
          ...(left > 0 ? [leftInWords(left)] : []),
        ]),
      ]
    : [];
