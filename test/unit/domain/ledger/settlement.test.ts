import type { Catalog } from '#domain/catalog/catalog';
import { catalogForm } from '#domain/catalog/earlier-form';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import {
  compareForSettlement,
  isBelieved,
  type Known,
  type SettledAs,
  settlementInWords,
} from '#domain/ledger/settlement';

const catalog = (...types: readonly string[]): Catalog => ({
  form: catalogForm,
  objects: types.map((name) => ({ kind: 'schema', identity: name, definition: { owner: 'ada' } })),
});

const [before, after] = [catalog('app'), catalog('app', 'jobs')];

const known = (now: Catalog, differing: Partial<Known> = {}): Known => ({
  now,
  before,
  after,
  beforeFingerprint: null,
  afterFingerprint: null,
  ...differing,
});

const forgotten = { before: null, after: null };

test.each<[string, SettledAs, Known, string, boolean]>([
  ['the schema of before is rolled back', 'rolled-back', known(before), 'equal', true],
  ['the schema of after stands', 'standing', known(after), 'equal', true],
  ['what stands is not rolled back', 'rolled-back', known(after), 'differs', false],
  ['what is gone does not stand', 'standing', known(before), 'differs', false],
  [
    'what came later is no part of it',
    'rolled-back',
    known(catalog('app', 'later')),
    'its objects are as before',
    true,
  ],
  [
    'what came later is not what the run recorded',
    'standing',
    known(catalog('app', 'jobs', 'later')),
    'differs',
    false,
  ],
  [
    'without the catalog of after nobody knows its objects',
    'rolled-back',
    known(catalog('app', 'later'), { after: null }),
    'differs',
    false,
  ],
  ['nothing was recorded', 'rolled-back', known(before, forgotten), 'cannot be compared', false],
  [
    'a fingerprint is enough to be equal',
    'standing',
    known(after, { ...forgotten, afterFingerprint: fingerprintOf(after) }),
    'equal',
    true,
  ],
  [
    'a fingerprint is enough to differ',
    'standing',
    known(before, { ...forgotten, afterFingerprint: fingerprintOf(after) }),
    'differs',
    false,
  ],
])('%s', (_, as, facts, verdict, believed) => {
  const settlement = compareForSettlement(as, facts);

  expect(settlement.verdict).toBe(verdict);
  expect(isBelieved(settlement)).toBe(believed);
});

test('what differs is named', () => {
  const settlement = compareForSettlement('rolled-back', known(catalog('app', 'later')));

  expect(settlementInWords('rolled-back', settlement)).toMatch(
    /all that the migration changed is as before it; elsewhere differs: .*later/,
  );
});
