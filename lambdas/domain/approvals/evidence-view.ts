/** What the run has found, as a person should read it before deciding: failures first, then findings, then every box. */
import { answersInWords, latestAnswers } from '#domain/evidence/answers';
import type { BoxAnswer, EvidenceDocument, Finding } from '#domain/evidence/document';
import { answerTones } from '#domain/html/answer-tones';
import { type Html, html } from '#domain/html/html';
import { tag } from '#domain/html/page';
import { byUrgency } from './findings';

export type LabelOf = (box: string) => string;

// What a state saw can be a whole catalog; the document itself has all of it.
const maximumFactCharacters = 20_000;

const factsView = (facts: Readonly<Record<string, unknown>> | undefined, of: string): Html | null => {
  if (!facts || Object.keys(facts).length === 0) return null;
  const text = JSON.stringify(facts, null, 2);
  const shown = text.length > maximumFactCharacters ? `${text.slice(0, maximumFactCharacters)}\n… (cut here)` : text;
  return html`<details><summary>Facts of ${of}</summary><pre tabindex="0" role="region" aria-label="Facts of ${of}">${shown}</pre></details>`;
};

const answerRow =
  (labelOf: LabelOf) =>
  ({ box, answer, reason, facts }: BoxAnswer): Html =>
    html`<li>${tag(answer, answerTones[answer])} <div class="grow"><strong>${box} ${labelOf(box)}</strong><br>${reason}${factsView(facts, box)}</div></li>`;

const findingRow = ({ rule, message, line }: Finding): Html =>
  html`<li><code>${rule}</code> <span class="grow">${message}${line !== null && ` (line ${line})`}</span></li>`;

const documentView =
  (labelOf: LabelOf) =>
  (document: EvidenceDocument): Html => {
    const { title, boxes, findings, error, facts } = document;
    const counts = [
      boxes.length > 0 && answersInWords(boxes),
      findings.length > 0 && `findings: ${findings.length}`,
      error && 'ended in an error',
    ].filter(Boolean);
    return html`<details><summary><strong>${title}</strong>${counts.length > 0 && ` – ${counts.join(', ')}`}</summary>
${error && html`<p class="note bad"><strong>${error.name}</strong>: ${error.message}</p>`}
${boxes.length > 0 && html`<ul class="rows">${byUrgency(boxes).map(answerRow(labelOf))}</ul>`}
${factsView(facts, title)}</details>`;
  };

/** `labelOf` gives a box's words. */
export const evidenceView = (documents: readonly EvidenceDocument[], labelOf: LabelOf): Html => {
  const answers = latestAnswers(documents);
  const urgent = byUrgency(answers).filter(({ answer }) => answer === 'failed' || answer === 'open');
  const findings = documents.flatMap((document) => document.findings);
  return html`<section aria-labelledby="found"><h2 id="found">What was found</h2>
<p>${answersInWords(answers)}; findings: ${findings.length}.</p>
${urgent.length > 0 && html`<h3>Failed or open</h3><ul class="rows">${urgent.map(answerRow(labelOf))}</ul>`}
${findings.length > 0 && html`<h3>Findings</h3><ul class="rows">${findings.map(findingRow)}</ul>`}
<h3>All steps so far</h3>${documents.map(documentView(labelOf))}</section>`;
};
