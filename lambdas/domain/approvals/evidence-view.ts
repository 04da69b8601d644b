/** What the run has found, as a person should read it before deciding: failures first, then findings, then every box. */
import { answersInWords, latestAnswers } from '#domain/evidence/answers';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { findingsInWords } from '#domain/evidence/findings';
import { answerTones } from '#domain/html/answer-tones';
import { type Extent, whole } from '#domain/html/extent';
import { findingsView } from '#domain/html/findings-view';
import { type Html, html } from '#domain/html/html';
import { tag } from '#domain/html/page';
import { shortened } from '#domain/shorten';
import { byUrgency } from './findings';

export type LabelOf = (box: string) => string;

const factsView = (facts: Readonly<Record<string, unknown>> | undefined, of: string, extent: Extent): Html | null => {
  if (!facts || Object.keys(facts).length === 0 || extent.facts === 0) return null;
  const text = JSON.stringify(facts, null, 2);
  const shown = text.length > extent.facts ? `${text.slice(0, extent.facts)}\n… (cut here)` : text;
  return html`<details><summary>Facts of ${of}</summary><pre tabindex="0" role="region" aria-label="Facts of ${of}">${shown}</pre></details>`;
};

const answerRow =
  (labelOf: LabelOf, extent: Extent) =>
  ({ box, answer, reason, facts }: BoxAnswer): Html =>
    html`<li>${tag(answer, answerTones[answer])} <div class="grow"><strong>${box} ${labelOf(box)}</strong><br>${shortened(reason, extent.sentence)}${factsView(facts, box, extent)}</div></li>`;

const documentView =
  (labelOf: LabelOf, extent: Extent) =>
  (document: EvidenceDocument): Html => {
    const { title, boxes, findings, error, facts } = document;
    const counts = [
      boxes.length > 0 && answersInWords(boxes),
      findings.length > 0 && findingsInWords(findings),
      error && 'ended in an error',
    ].filter(Boolean);
    return html`<details><summary><strong>${title}</strong>${counts.length > 0 && ` – ${counts.join(', ')}`}</summary>
${error && html`<p class="note bad"><strong>${error.name}</strong>: ${shortened(error.message, extent.sentence)}</p>`}
${boxes.length > 0 && html`<ul class="rows">${byUrgency(boxes).map(answerRow(labelOf, extent))}</ul>`}
${factsView(facts, title, extent)}</details>`;
  };

const elsewhere = "The documents of the steps in the run's folder have them all.";

/** `labelOf` gives a box's words. */
export const evidenceView = (
  documents: readonly EvidenceDocument[],
  labelOf: LabelOf,
  extent: Extent = whole,
): Html => {
  const answers = latestAnswers(documents);
  const urgent = byUrgency(answers).filter(({ answer }) => answer === 'failed' || answer === 'open');
  const findings = documents.flatMap((document) => document.findings);
  return html`<section aria-labelledby="found"><h2 id="found">What was found</h2>
<p>${answersInWords(answers)}; ${findingsInWords(findings)}.</p>
${urgent.length > 0 && html`<h3>Failed or open</h3><ul class="rows">${urgent.map(answerRow(labelOf, extent))}</ul>`}
${findings.length > 0 && html`<h3>Findings</h3>${findingsView(findings, extent, elsewhere)}`}
<h3>All steps so far</h3>${documents.map(documentView(labelOf, extent))}</section>`;
};
