import { proveApplied } from '#domain/boxes/08-apply-migration';
import { ledgerEntry } from '#test/support/documents';

test('the ledger row proves that it ran, that it was committed, and how long it took', () => {
  const boxes = proveApplied(ledgerEntry());

  expect(boxes.map(({ box, answer }) => [box, answer])).toEqual([
    ['8.1', 'proved'],
    ['8.2', 'proved'],
    ['8.3', 'proved'],
  ]);
  expect(boxes.map(({ reason }) => reason)).toEqual([
    '002_create_notes.sql ran without an error',
    'committed on 2026-11-22T09:00:00.000Z together with ledger row 002 of run run-1',
    '1234 ms, in the ledger',
  ]);
  expect(boxes[1]?.facts).toEqual({ entry: ledgerEntry() });
});
