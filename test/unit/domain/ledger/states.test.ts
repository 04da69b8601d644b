import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isUnresolved, type LedgerState, ledgerStates, stateInWords } from '#domain/ledger/states';
import { notWellIn, refuseBesideUnresolved, unresolvedIn } from '#domain/ledger/unresolved';
import { ledgerEntry } from '#test/support/documents';
import { projectRoot } from '#test/support/project-root';

const states = Object.keys(ledgerStates) as LedgerState[];

const entry = (version: string, state: LedgerState, runId = `run-${version}`) =>
  ledgerEntry({
    version,
    migration: `${version}_a.sql`,
    runId,
    state: { state, reason: 'because.', by: runId, since: '2026-11-22T09:00:00.000Z' },
  });

test('no state is both a good end and unresolved, and whatever is unresolved can be settled', () => {
  const settled = ledgerStates['settled as standing'].after;

  expect(states.filter((state) => ledgerStates[state].isGoodEnd && ledgerStates[state].isUnresolved)).toEqual([]);
  expect(states.filter((state) => isUnresolved({ state }) && !settled.includes(state))).toEqual([]);
  expect(states.filter((state) => isUnresolved({ state }))).toHaveLength(7);
});

test('every state stands in the page for people', () => {
  const page = readFileSync(path.join(projectRoot, 'docs/operations.md'), 'utf8');

  expect(states.filter((state) => !page.includes(`*${state}*`))).toEqual([]);
});

test('a state is one sentence with its reason', () => {
  expect(stateInWords('001_a.sql', 'run-1', entry('001', 'stands by decision').state ?? fail())).toBe(
    '001_a.sql stands because its rollback was not approved, since 2026-11-22T09:00:00.000Z, run run-1: because',
  );
});

test('only the newest run of a version counts', () => {
  const ledger = [entry('001', 'stands by decision', 'run-1'), entry('001', 'signed off', 'run-2')];

  expect(unresolvedIn(ledger)).toEqual([]);
  expect(notWellIn(ledger, ['001_a.sql'])).toEqual([]);
});

test('a migration that was rolled back refuses no other, and ends a start badly while its file is there', () => {
  const ledger = [entry('001', 'rolled back')];

  refuseBesideUnresolved(ledger, 'run-9');
  expect(notWellIn(ledger, ['001_a.sql'])).toHaveLength(1);
  expect(notWellIn(ledger, ['002_b.sql'])).toEqual([]);
});

test("another run's version that stands is refused beside, its own is not, and documents without states have none", () => {
  const ledger = [entry('001', 'stands after a failed rollback')];

  expect(() => refuseBesideUnresolved(ledger, 'run-9')).toThrow(
    /^001_a\.sql stands after a failed rollback.*npm run settle -- 001/,
  );
  refuseBesideUnresolved(ledger, 'run-001');
  refuseBesideUnresolved([ledgerEntry()], 'run-9');
});

const fail = (): never => {
  throw new Error('there is no state');
};
