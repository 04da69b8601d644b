import { readdirSync } from 'node:fs';
import { findingsFor } from '#domain/boxes/by-rules';
import { rules } from '#domain/review/rules';
import { checklist } from '#lambdas/checklist';
import { examplesFolder, readExamples } from '#test/support/rule-examples';

const reviewedBoxes = checklist.slice(0, 3).flatMap(({ boxes }) => boxes.map(({ id }) => id));

test('every rule has examples, and every folder of examples has a rule', () => {
  expect(readdirSync(examplesFolder).sort()).toEqual(rules.map(({ id }) => id).sort());
});

test('rule ids are words with hyphens, each used once, and belong to a box of Steps 1 to 3', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id, box } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(reviewedBoxes).toContain(box);
  }
});

// Whoever adds a CHECK to a large table also narrows what it takes.
const companions: Readonly<Record<string, readonly string[]>> = { 'scan-under-lock': ['constraint-narrows'] };

test.each(rules)('$id and no other rule finds its bad example, on a line of the file', async ({ id }) => {
  const { bad } = await readExamples(id);

  const found = reviewedBoxes.flatMap((box) => findingsFor(box, bad.context));

  expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set([id, ...(companions[id] ?? [])]));
  for (const { line } of found) expect(line).toBeGreaterThan(0);
});

test.each(rules)('no rule finds anything in the good example of $id', async ({ id }) => {
  const { good } = await readExamples(id);

  const found = reviewedBoxes.flatMap((box) => findingsFor(box, good.context));

  expect(found).toEqual([]);
});
