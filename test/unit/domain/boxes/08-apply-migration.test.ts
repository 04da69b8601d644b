import {
  type ApplyFacts,
  applyMigration,
  type EstablishOutcomeFacts,
  establishOutcome,
  type RollBackFacts,
  rollBack,
  verifyRollback,
} from '#domain/boxes/08-apply-migration';
import { outcomeIn, progressIn, takenBackIn } from '#domain/boxes/outcome-of-apply';
import { failed, type Judgement, proved } from '#domain/boxes/room';
import { answer, document, ledgerEntry } from '#test/support/documents';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';
import { catalogOf, table } from '../catalog/objects';

const applied: ApplyFacts = {
  approvedBy: 'ada@example.org',
  units: ['1 of 1 (line 3, one transaction)'],
  applied: { entry: ledgerEntry(), statements: [] },
};

test('the ledger row proves that it ran, that it was committed, and how long it took', () => {
  expect(answersOf(applyMigration, applied)).toEqual([
    { box: '8.1', answer: 'proved', reason: '002_create_notes.sql ran without an error', facts: { sha256: 'f00d' } },
    {
      box: '8.2',
      answer: 'proved',
      reason: 'committed on 2026-11-22T09:00:00.000Z together with ledger row 002 of run run-1',
      facts: { entry: ledgerEntry() },
    },
    { box: '8.3', answer: 'proved', reason: '1234 ms, in the ledger', facts: { durationMs: 1234 } },
  ]);
});

test('of several units the ledger row came with the last one', () => {
  const units = ['1 of 2 (line 3, one transaction)', '2 of 2 (line 5, CREATE INDEX CONCURRENTLY)'];

  expect(answerOf(applyMigration, '8.2', { ...applied, units })?.reason).toBe(
    'committed in 2 units, the last one on 2026-11-22T09:00:00.000Z together with ledger row 002 of run run-1',
  );
});

const failure = { error: 'ConnectionLost', cause: 'terminating connection' };
const progress = { version: '002', runId: 'run-1', committed: ['1 of 2 (line 3, one transaction)'], units: 2 };

const established = (entry: EstablishOutcomeFacts['entry'], standing: EstablishOutcomeFacts['progress']) =>
  answersOf(establishOutcome, { failure, entry, progress: standing });

test('a ledger row that is found after a failure proves all that the apply would have', () => {
  expect(established(ledgerEntry(), null)).toEqual(answersOf(applyMigration, applied));
});

test('no ledger row and nothing that stands prove that it was rolled back, and nothing else', () => {
  expect(established(null, null)).toEqual([
    {
      box: '8.2',
      answer: 'proved',
      reason: 'rolled back: the ledger has no row of this run, and no transaction of it is open',
      facts: { failure },
    },
  ]);
});

test('what is committed without a ledger row stands, and that is a failure', () => {
  expect(established(null, progress)).toEqual([
    {
      box: '8.2',
      answer: 'failed',
      reason: 'partly applied: unit 1 of 2 (line 3, one transaction) is committed; the ledger has no row of this run',
      facts: { failure, progress },
    },
  ]);
});

test('while it is not known what stands, nothing is answered', () => {
  expect(answersOf(establishOutcome, { failure })).toEqual([]);
  expect(answersByBox(answersOf(establishOutcome, { failure, entry: null }))).toEqual({});
});

const half = failed('partly applied: unit 1 of 2 (line 3, one transaction) is committed');
const whole = proved('committed on Sunday', { entry: ledgerEntry() });
const back = { at: '2026-11-22T09:30:00.000Z', by: 'ada@example.org' };
const outcome: RollBackFacts['outcome'] = { statements: [], rolledBackAt: back.at };

const takenBack = (answerBefore: Judgement, standing: RollBackFacts['progress']) =>
  answerOf(rollBack, '8.2', { answerBefore, progress: standing, approvedBy: back.by, outcome });

test('half a migration that was taken back does not stand, and stays a failure', () => {
  expect(takenBack(half, progress)).toEqual({
    box: '8.2',
    answer: 'failed',
    reason:
      "partly applied: unit 1 of 2 (line 3, one transaction) was committed; the ledger has no row of this run; it was rolled back on 2026-11-22T09:30:00.000Z by the migration's rollback section, approved by ada@example.org",
  });
});

test('a whole migration that was taken back was committed all the same', () => {
  expect(takenBack(whole, null)).toEqual({
    box: '8.2',
    answer: 'proved',
    reason:
      "committed on Sunday; it was rolled back on 2026-11-22T09:30:00.000Z by the migration's rollback section, approved by ada@example.org",
    facts: { entry: ledgerEntry() },
  });
});

test.each([
  ['half', half, progress],
  ['whole', whole, null],
])('of a %s migration nothing is known while its rollback has not come to its end', (_, answerBefore, standing) => {
  const unfinished = answerOf(rollBack, '8.2', { answerBefore, progress: standing, approvedBy: back.by });

  expect(unfinished).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(
      /its rollback began and did not finish: migration_checklist\.ledger and migration_checklist\.restart_point show what is left$/,
    ),
  });
  expect(unfinished?.reason).not.toContain('stands');
  expect(unfinished?.reason).not.toContain('taken back');
});

test('a rollback that was never begun answers nothing', () => {
  expect(answersOf(rollBack, { approvedBy: back.by })).toEqual([]);
});

test('without any answer it says that nothing was found out', () => {
  expect(takenBack(outcomeIn([]), null)).toMatchObject({
    answer: 'failed',
    reason: expect.stringMatching(/^nobody knows whether the migration was committed; it was rolled back on /),
  });
});

const before = catalogOf(table('public.jobs'));
const compared = (catalogAfterRollback: typeof before) =>
  answerOf(verifyRollback, '8.2', {
    answerBefore: failed('taken back', { progress }),
    catalogBefore: before,
    catalogAfterRollback,
  });

test('the comparison follows what the rollback itself said', () => {
  expect(compared(before)).toEqual({
    box: '8.2',
    answer: 'failed',
    reason: 'taken back; the catalog after the rollback equals the catalog before the migration, exactly',
    facts: { progress },
  });
});

test('a comparison that finds differences names them', () => {
  expect(compared(catalogOf(table('public.jobs'), table('public.left')))?.reason).toBe(
    'taken back; the catalog after the rollback differs from the catalog before the migration: + CREATE TABLE public.left (); the rollback lacks: DROP TABLE public.left',
  );
});

test('the outcome is the one that the last document knows, without its box', () => {
  const applyOf = document('08-apply-migration', { boxes: [answer('8.1'), answer('8.2', 'failed', 'cut off')] });
  const establishedOf = document('08-establish-outcome', { boxes: [answer('8.2', 'proved', 'rolled back')] });
  const later = document('close-run', { boxes: [answer('13.2')] });

  expect(outcomeIn([applyOf, establishedOf, later])).toEqual({ answer: 'proved', reason: 'rolled back' });
  expect(outcomeIn([applyOf])).toEqual({ answer: 'failed', reason: 'cut off' });
  expect(outcomeIn([later])).toEqual({
    answer: 'failed',
    reason: 'nobody knows whether the migration was committed',
  });
});

test('how far the apply had come is known where only some of it was committed', () => {
  const establishedWith = (facts: object) => document('08-establish-outcome', { facts: { ...facts } });

  expect(progressIn([document('08-apply-migration'), establishedWith({ failure, progress })])).toEqual(progress);
  expect(progressIn([establishedWith({ failure, entry: ledgerEntry(), progress: null })])).toBeNull();
  expect(progressIn([establishedWith({ failure })])).toBeNull();
  expect(progressIn([document('08-apply-migration', { facts: { progress } })])).toBeNull();
});

test('it is taken back when the rollback ran to its end, and compared when the comparison did', () => {
  const ended = document('roll-back', { facts: { approvedBy: back.by, outcome } });

  expect(takenBackIn([])).toBeNull();
  expect(takenBackIn([document('roll-back', { facts: { approvedBy: back.by } })])).toBeNull();
  expect(takenBackIn([ended])).toEqual({ ...back, compared: null });
  expect(takenBackIn([ended, document('verify-rollback', { facts: { compared: 'equal' } })])).toEqual({
    ...back,
    compared: 'equal',
  });
});
