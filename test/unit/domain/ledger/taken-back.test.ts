import { answerCompared, answerTakenBack, answerUnfinished, takenBackIn } from '#domain/ledger/taken-back';
import { answer, document } from '#test/support/documents';

const progress = { version: '002', runId: 'run-1', committed: ['1 of 2 (line 3, one transaction)'], units: 2 };
const half = document('08-establish-outcome', {
  facts: { progress },
  boxes: [answer('8.2', 'failed', 'unit 1 of 2 is committed and stands')],
});
const whole = document('08-apply-migration', { boxes: [answer('8.2', 'proved', 'committed on Sunday')] });
const back = { at: '2026-11-22T09:30:00.000Z', by: 'ada@example.org' };

test('half a migration that was taken back does not stand, and stays a failure', () => {
  expect(answerTakenBack([half], back)).toMatchObject({
    box: '8.2',
    answer: 'failed',
    reason:
      "partly applied: unit 1 of 2 (line 3, one transaction) was committed; the ledger has no row of this run; it was taken back on 2026-11-22T09:30:00.000Z by the migration's rollback section, approved by ada@example.org",
  });
});

test('a whole migration that was taken back was committed all the same', () => {
  expect(answerTakenBack([whole], back)).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/^committed on Sunday; it was taken back on /),
  });
});

test.each([
  ['half', half],
  ['whole', whole],
])('of a %s migration nothing is known while its rollback has not come to its end', (_, applied) => {
  expect(answerUnfinished([applied])).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(
      /its rollback was begun and did not come to its end: see in migration_checklist\.ledger/,
    ),
  });
  expect(answerUnfinished([applied]).reason).not.toContain('stands');
});

test('without any answer it says that nothing was found out', () => {
  expect(answerTakenBack([], back)).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(/^whether it was committed was not found out; it was taken back on /),
  });
});

test('the comparison follows what the rollback itself said', () => {
  const rolledBack = document('roll-back', { boxes: [answer('8.2', 'failed', 'taken back')] });

  expect(answerCompared([half, rolledBack], 'the catalog equals').reason).toBe('taken back; the catalog equals');
});

test('it is taken back when the rollback ran to its end, and compared when the comparison did', () => {
  const outcome = { rolledBackAt: back.at };
  const ended = document('roll-back', { facts: { approvedBy: back.by, outcome } });

  expect(takenBackIn([document('roll-back', { facts: { approvedBy: back.by } })])).toBeNull();
  expect(takenBackIn([ended])).toEqual({ ...back, compared: null });
  expect(takenBackIn([ended, document('verify-rollback', { facts: { compared: 'equal' } })])).toEqual({
    ...back,
    compared: 'equal',
  });
});
