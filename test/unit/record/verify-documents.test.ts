import type { StoredEvidence } from '#domain/evidence/chain';
import { verifyDocuments } from '#lambdas/record/verify-documents';

const stored = (name: string, version: string): StoredEvidence => ({
  ref: { key: `runs/run-1/${name}.json`, sha256: name },
  document: {
    ...{ format: 2, version, runId: 'run-1', name, title: name, previous: [], boxes: [], findings: [], error: null },
    ...{ startedAt: '2026-11-22T08:00:00.000Z', finishedAt: '2026-11-22T08:00:01.000Z', facts: {} },
  },
});

test('a document that names another version than the others is named, with both', () => {
  const [one, two, three] = [stored('00-open-run', '0.6.0'), stored('01-code-review', '0.5.0'), stored('x', '0.6.0')];

  expect(verifyDocuments('run-1', [one, three])).toEqual([]);
  expect(verifyDocuments('run-1', [one, two, three])).toEqual([
    expect.stringContaining(
      'name 2 versions of the product: 0.6.0 (runs/run-1/00-open-run.json and 1 more), 0.5.0 (runs/run-1/01-code-review.json); expected one',
    ),
  ]);
});
