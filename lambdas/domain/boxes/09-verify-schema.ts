/** Step 9: compares the target's catalog after apply with the one that the dry run produced, box by box. */

import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { count } from '#domain/count';
import type { BoxAnswer } from '#domain/evidence/document';

/** Which kinds of object each box speaks of. Every kind that stands in no other row belongs to 9.2. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  '9.1': ['schema', 'table', 'view', 'materialized view', 'foreign table', 'sequence'],
  '9.3': ['index'],
  '9.4': ['constraint', 'domain constraint'],
  '9.5': ['trigger', 'event trigger', 'rule'],
};

const words: Readonly<Record<string, string>> = {
  '9.1': 'tables and other relations',
  '9.2': 'columns, types and everything else',
  '9.3': 'indexes',
  '9.4': 'constraints',
  '9.5': 'triggers',
};

const boxOf = (kind: string) => Object.entries(kindsOf).find(([, kinds]) => kinds.includes(kind))?.[0] ?? '9.2';

const only = (catalog: Catalog, box: string): Catalog => ({
  objects: catalog.objects.filter(({ kind }) => boxOf(kind) === box),
});

/** Definition fields that must be true for the object to do its work, by box. */
const workingFields: Readonly<Record<string, readonly string[]>> = {
  '9.3': ['isValid', 'isReady', 'isLive'],
  '9.4': ['isValidated', 'isEnforced'],
};

const idle = (objects: readonly CatalogObject[], box: string) =>
  objects.filter(({ definition }) => (workingFields[box] ?? []).some((field) => definition[field] === false));

/** Boxes 9.1–9.5; 9.5 stays open until a constraint test has fired the triggers (Step 10). */
export const verifySchema = ({
  before,
  rehearsed,
  applied,
}: {
  readonly before: Catalog;
  readonly rehearsed: Catalog;
  readonly applied: Catalog;
}): { readonly boxes: readonly BoxAnswer[]; readonly differences: readonly string[] } => {
  const judge = (box: string): BoxAnswer => {
    const differences = describeDifference(differenceOf(only(rehearsed, box), only(applied, box)));
    const what = words[box] ?? box;
    if (differences.length > 0)
      return { box, answer: 'failed', reason: `not as rehearsed: ${differences.join('; ')}`, facts: { differences } };
    const { added: made, changed } = differenceOf(only(before, box), only(applied, box));
    const notWorking = [
      ...idle(made, box),
      ...idle(
        changed.map(({ after, ...object }) => ({ ...object, definition: after })),
        box,
      ),
    ];
    if (notWorking.length > 0)
      return { box, answer: 'failed', reason: `not active: ${notWorking.map(({ identity }) => identity).join(', ')}` };
    const compared = only(applied, box).objects.length;
    const facts = { compared, made: made.map(({ kind, identity }) => `${kind} ${identity}`) };
    return box === '9.5' && made.length > 0
      ? {
          box,
          answer: 'open',
          reason: `there as rehearsed: ${count(made.length, 'new trigger or rule', 'new triggers or rules')}; Step 10 shows whether they work`,
          facts,
        }
      : {
          box,
          answer: 'proved',
          reason: `${what}: ${compared} compared and equal to the rehearsed, ${made.length} of them new`,
          facts,
        };
  };
  return {
    boxes: Object.keys(words).map(judge),
    differences: describeDifference(differenceOf(rehearsed, applied)),
  };
};
