import { checkStorage } from '#domain/boxes/check-storage';

const table = (sizeBytes: number) => ({ table: 'public.jobs', sizeBytes });

test('room for the old and the new copy of the largest table is enough', () => {
  const answer = checkStorage({ usedBytes: 300e6, limitBytes: 500e6, tables: [table(1e6), table(100e6)] });

  expect(answer).toMatchObject({ box: '4.4', answer: 'proved', facts: { growthBytes: 200e6 } });
  expect(answer.reason).toBe(
    '200.0 MB free, 200.0 MB reckoned with: twice the largest table, 64.0 MB at least; how much the migration takes the dry run measures',
  );
});

test('a byte less than that is a failure that says what to do', () => {
  const answer = checkStorage({ usedBytes: 300e6 + 1, limitBytes: 500e6, tables: [table(100e6)] });

  expect(answer).toMatchObject({ box: '4.4', answer: 'failed' });
  expect(answer.reason).toContain('make room');
});

test('without tables 64 MB are asked for all the same', () => {
  expect(checkStorage({ usedBytes: 0, limitBytes: 64e6 - 1, tables: [] }).answer).toBe('failed');
  expect(checkStorage({ usedBytes: 0, limitBytes: 64e6, tables: [] }).answer).toBe('proved');
});

test('more used than the limit allows is a failure', () => {
  expect(checkStorage({ usedBytes: 600e6, limitBytes: 500e6, tables: [] }).answer).toBe('failed');
});

test('a limit that nobody can tell leaves the box open, and the figures stand in the facts', () => {
  const answer = checkStorage({ usedBytes: 5, limitBytes: null, tables: [table(100e6)] });

  expect(answer).toMatchObject({ answer: 'open', facts: { usedBytes: 5, limitBytes: null, growthBytes: 200e6 } });
});
