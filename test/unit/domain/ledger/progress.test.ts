import { committedInWords, progressInWords } from '#domain/ledger/progress';

const [one, two] = ['1 of 3 (line 2, one transaction)', '2 of 3 (line 4, VACUUM)'];
const progress = (committed: readonly string[], units = 3) => ({ version: '001', runId: 'run-1', committed, units });

test('what stands of half a migration is named unit by unit', () => {
  expect(progressInWords(progress([one]))).toBe('partly applied: unit 1 of 3 (line 2, one transaction) is committed');
  expect(progressInWords(progress([one, two]))).toBe(
    'partly applied: unit 1 of 3 (line 2, one transaction), unit 2 of 3 (line 4, VACUUM) are committed',
  );
});

test('all units without a row are told apart from half of them', () => {
  expect(progressInWords(progress([one, two], 2))).toBe('committed in all 2 units, but without its row in the ledger');
});

test('what was committed is told without the word that it stands', () => {
  expect(committedInWords(progress([one, two]))).toBe(
    'partly applied: unit 1 of 3 (line 2, one transaction), unit 2 of 3 (line 4, VACUUM) were committed',
  );
  expect(committedInWords(progress([one, two], 2))).toBe('committed in all 2 units, but without its row in the ledger');
});
