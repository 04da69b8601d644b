/** The schema before and after, as far as it is known: what the dry run measured, or else what the file's statements say. */
import { factsIn } from '#domain/boxes/facts';
import type { DrawnSchema } from '#domain/catalog/lay-out';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Html, html } from '#domain/html/html';
import { schemaDiagramView } from '#domain/html/schema-diagram';

export type ShownSchema = {
  readonly drawn: DrawnSchema;
  readonly isMeasured: boolean;
  /** Lines of the file with what the review cannot read. */
  readonly unreadLines: readonly number[];
};

/** Null before Step 2, and in runs of versions that drew nothing. */
export const schemaIn = (documents: readonly EvidenceDocument[]): ShownSchema | null => {
  const measured = factsIn(documents, '06-dry-run').diagram;
  if (measured) return { drawn: measured, isMeasured: true, unreadLines: [] };
  const { diagram } = factsIn(documents, '02-schema-validation');
  return diagram ? { drawn: diagram.drawn, isMeasured: false, unreadLines: diagram.unreadLines } : null;
};

const caveatOf = ({ unreadLines }: ShownSchema): string | null =>
  unreadLines.length === 0
    ? null
    : `Not all of it is known before the dry run: the review cannot read what line ${unreadLines.join(', ')} makes. The page of the second approval shows what the dry run measured.`;

export const schemaView = (shown: ShownSchema | null): Html | null =>
  shown &&
  html`<section aria-labelledby="schema"><h2 id="schema">The schema before and after</h2>
<p class="quiet">${
    shown.isMeasured
      ? 'As the dry run measured it on a copy of the target.'
      : "Before: the target's catalog. After: what the file's statements will make of it."
  }</p>
${schemaDiagramView(shown.drawn, caveatOf(shown))}</section>`;
