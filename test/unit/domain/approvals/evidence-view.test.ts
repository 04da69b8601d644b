import { evidenceView } from '#domain/approvals/evidence-view';
import type { EvidenceDocument } from '#domain/evidence/document';
import { answer, document } from '#test/support/documents';

const labelOf = (box: string) => `label of ${box}`;
const view = (...documents: readonly EvidenceDocument[]) => String(evidenceView(documents, labelOf));

const summaries = (text: string) => [...text.matchAll(/<summary><strong>(.*?)<\/summary>/g)].map(([, words]) => words);

test('the heading of a step counts what there is of boxes, findings and errors, and says nothing of the rest', () => {
  const finding = { rule: 'key-not-named', message: 'a key has no name', line: 2 };
  const error = { name: 'StatementFailed', message: 'it failed' };

  const text = view(
    document('nothing'),
    document('boxes', { boxes: [answer('1.1'), answer('1.2', 'open')] }),
    document('findings', { findings: [finding, { ...finding, line: null }] }),
    document('error', { error }),
    document('all', { boxes: [answer('1.3')], findings: [finding], error }),
  );

  expect(summaries(text)).toEqual([
    'Title of nothing</strong>',
    'Title of boxes</strong> – 1 open, 1 proved',
    'Title of findings</strong> – 2 findings',
    'Title of error</strong> – ended in an error',
    'Title of all</strong> – 1 proved, 1 finding, ended in an error',
  ]);
});

test('no value of the program stands in the page', () => {
  const texts = [
    view(),
    view(document('nothing')),
    view(document('findings', { findings: [{ rule: 'a-rule', message: 'found', line: null }] })),
    view(document('boxes', { boxes: [answer('1.1', 'failed')] })),
  ];

  for (const text of texts) expect(text).not.toMatch(/false|true|null|undefined|NaN|\[object/);
});

test('a finding with a line says it, one without does not', () => {
  const found = (line: number | null) =>
    view(document('a', { findings: [{ rule: 'a-rule', message: 'found', line }] }));

  expect(found(7)).toContain('found (line 7)');
  expect(found(null)).not.toContain('(line');
});

test('facts of 20000 characters are shown whole, longer ones are cut', () => {
  // The JSON around the value has 16 characters.
  const shown = (characters: number) => view(document('a', { facts: { name: 'x'.repeat(characters - 16) } }));

  expect(JSON.stringify({ name: '' }, null, 2)).toHaveLength(16);
  expect(shown(20_000)).not.toContain('cut here');
  expect(shown(20_001)).toContain('… (cut here)');
});
