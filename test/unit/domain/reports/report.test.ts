import { stepsOf } from '#domain/reports/report';
import { signOffLines } from '#domain/reports/sign-off-lines';
import type { BoxId } from '#lambdas/checklist';
import { answer, ledgerEntry, stored } from '#test/support/documents';
import { report } from './a-report';

test('every box of the checklist has one answer: the last one, with the document that holds it', () => {
  expect(report().boxes).toEqual([
    {
      id: '1.1',
      label: 'first',
      answer: 'attested',
      reason: '1.1 was attested',
      evidence: 'runs/run-1/approve-apply.json',
    },
    {
      id: '1.2',
      label: '<version>_x',
      answer: 'failed',
      reason: 'bad | name',
      evidence: 'runs/run-1/01-code-review.json',
    },
    {
      id: '13.1',
      label: 'ran',
      answer: 'proved',
      reason: '13.1 was proved',
      evidence: 'runs/run-1/13-test-rollback.json',
    },
    { id: '13.2', label: 'reverted', answer: 'open', reason: 'the run ended before this was checked', evidence: null },
  ]);
});

test('answers are counted by kind', () => {
  expect(report().counts).toEqual({ proved: 1, failed: 1, attested: 1, 'not applicable': 0, open: 1 });
});

test('failed boxes are the issues found', () => {
  expect(report().signOff.issuesFound).toEqual(['1.2: bad | name']);
});

test('the sign-off comes from the ledger row', () => {
  expect(report().signOff).toMatchObject({
    appliedBy: 'ada@example.org',
    appliedAt: '2026-11-22T09:00:00.000Z',
    executionTimeMs: 1234,
    appliedInPart: null,
    environment: 'staging',
    rolledBackAt: null,
    approvedForProduction: false,
  });
});

test('without a ledger row nothing was applied, and the lines say so', () => {
  const unapplied = report({ entry: null, outcome: 'failed', cause: 'It failed.' });

  expect(unapplied.signOff).toMatchObject({
    appliedBy: null,
    appliedInPart: null,
    appliedAt: null,
    executionTimeMs: null,
    rolledBackAt: null,
  });
  expect(Object.fromEntries(signOffLines(unapplied))).toMatchObject({
    Outcome: 'failed',
    Cause: 'It failed.',
    'Applied by': 'not applied',
    Date: '–',
    'Execution time': '–',
  });
});

test('the lines of a signed off run have no cause and no rollback, and leave production open', () => {
  expect(signOffLines(report())).toEqual([
    ['Migration', '002_create_notes.sql'],
    ['Outcome', 'signed off with exceptions'],
    ['Exceptions', '1.2 failed: bad | name; accepted by nobody'],
    ['Applied by', 'the workflow, approved by ada@example.org'],
    ['Started by', 'bob@example.org'],
    ['Date', '2026-11-22T09:00:00.000Z'],
    ['Environment', 'staging: database app, branch br-staging'],
    ['Execution time', '1.234 s'],
    ['Issues found', '1.2: bad | name'],
    ['Rollback tested', 'yes, and box 13.2 is open: the run ended before this was checked'],
    ['Approved for production', 'open: this product refuses production'],
  ]);
});

test('a migration that was rolled back says when', () => {
  const rolledBack = report({ entry: ledgerEntry({ rolledBackAt: '2026-11-22T09:30:00.000Z' }) });

  expect(signOffLines(rolledBack)).toContainEqual(['Rolled back', '2026-11-22T09:30:00.000Z']);
});

test('half a migration is told as box 8.2 tells it at the end, and when it was taken back', () => {
  const progress = { version: '002', runId: 'run-1', committed: ['1 of 2 (line 3, one transaction)'], units: 2 };
  const half = stored('08-establish-outcome', [], {
    facts: { progress },
    boxes: [answer('8.2', 'failed', 'unit 1 stands')],
  });
  const back = stored('roll-back', [], {
    facts: { approvedBy: 'ada', outcome: { rolledBackAt: '2026-11-22T09:30:00.000Z' } },
    boxes: [answer('8.2', 'failed', 'unit 1 was committed; it was taken back')],
  });
  const linesOf = (documents: (typeof half)[]) => Object.fromEntries(signOffLines(report({ entry: null, documents })));

  expect(linesOf([half])).toMatchObject({ 'Applied by': 'unit 1 stands' });
  expect(linesOf([half, back])).toMatchObject({
    'Applied by': 'unit 1 was committed; it was taken back',
    'Rolled back': '2026-11-22T09:30:00.000Z',
  });
});

test.each([
  ['was not reached', [stored('01-code-review', [])]],
  ['failed', [stored('13-test-rollback', [], { error: { name: 'VerificationFailed', message: 'differs' } })]],
])('a rollback whose test %s is not tested', (_, documents) => {
  expect(report({ documents }).signOff.rollbackTested).toBe(false);
});

test('a rollback that was rehearsed on the data of now is tested', () => {
  const documents = [
    stored('rehearse-rollback', [], { boxes: [answer('13.2', 'proved', 'on the data of now: exact')] }),
  ];

  expect(report({ documents }).signOff.rollbackTested).toBe(true);
});

test.each([
  ['proved', 'yes'],
  ['failed', 'yes, and box 13.2 is failed: 7 rows changed'],
] as const)('a tested rollback of which box 13.2 is %s is told as "%s"', (given, words) => {
  const documents = [stored('13-test-rollback', [], { boxes: [answer('13.2', given, '7 rows changed')] })];

  expect(Object.fromEntries(signOffLines(report({ documents })))['Rollback tested']).toBe(words);
});

test('approvals are read from the decisions, not from evidence that only is about one', () => {
  const waiting = stored('approve-review', [], { facts: { stage: 'review' } });
  const other = stored('roll-back', [], {
    facts: { stage: 'x', decision: 'approved', by: 'eve', at: 'now', reason: '' },
  });

  expect(report().approvals).toEqual([
    {
      stage: 'apply',
      decision: 'approved',
      by: 'ada@example.org',
      reason: 'read and found good',
      at: '2026-11-22T08:30:00.000Z',
    },
  ]);
  expect(report({ documents: [waiting, other] }).approvals).toEqual([]);
});

test('findings, timings and references of all documents are kept in order', () => {
  const finding = { rule: 'key-not-named', message: 'no name', line: 2 };
  const documents = [stored('a', [], { findings: [finding] }), stored('b', ['a'])];

  const { findings, timings, evidence } = report({ documents });

  expect(findings).toEqual([finding]);
  expect(timings).toEqual([
    { title: 'Title of a', startedAt: '2026-11-22T08:00:00.000Z', durationMs: 1500 },
    { title: 'Title of b', startedAt: '2026-11-22T08:00:00.000Z', durationMs: 1500 },
  ]);
  expect(evidence.map(({ sha256 }) => sha256)).toEqual(['sha-of-a', 'sha-of-b']);
});

test('an answer to a box that the checklist does not have is not counted', () => {
  const documents = [stored('01-code-review', [], { boxes: [{ ...answer('1.1'), box: '99.9' as BoxId }] })];

  expect(report({ documents }).counts).toMatchObject({ proved: 0, open: 4 });
});

test('the steps come with their own boxes', () => {
  expect(stepsOf(report()).map(({ number, boxes }) => [number, boxes.map(({ id }) => id)])).toEqual([
    [1, ['1.1', '1.2']],
    [13, ['13.1', '13.2']],
  ]);
});

test('what a migration does to the database comes before how it is written', () => {
  const documents = [
    stored('01-code-review', [], { boxes: [answer('1.2', 'failed', 'bad name')] }),
    stored('13-test-rollback', [], { boxes: [answer('13.2', 'failed', 'rows are gone')] }),
  ];

  expect(report({ documents }).signOff.issuesFound).toEqual(['13.2: rows are gone', '1.2: bad name']);
});
