import { dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import { contentsDifference } from '#domain/tables/difference';
import type { LargeObject, OutsideTables } from '#domain/tables/outside-tables';

const object = (oid: number, differing: Partial<LargeObject> = {}): LargeObject => ({
  oid,
  contents: `c${oid}`,
  rights: 'ada',
  ...differing,
});

const outside = (...largeObjects: readonly LargeObject[]): OutsideTables => ({
  sequences: [],
  unreadSequences: [],
  largeObjects,
});

const before = outside(object(1), object(2), object(3));

test.each([
  ['nothing changed', before, 'nothing lost', []],
  ['one is gone', outside(object(1), object(2)), 'lost', ['1 of 3 large objects is gone']],
  ['all are gone', outside(), 'lost', ['3 of 3 large objects are gone']],
  [
    'another one holds something else',
    outside(object(1), object(2), object(3, { contents: 'x' })),
    'changed',
    ['the contents of 1 large object changed'],
  ],
  ['one came', outside(object(1), object(2), object(3), object(4)), 'nothing lost', ['1 large object came']],
  [
    'one has another owner',
    outside(object(1), object(2), object(3, { rights: 'bob' })),
    'nothing lost',
    ['owner or privileges of 1 large object changed'],
  ],
] as const)('%s', (_, after, grade, changed) => {
  expect(dataLossBetween([], [], { before, after }).grade).toBe(grade);
  expect(contentsDifference([], [], { before, after })).toEqual({ changed, notCompared: [] });
});

test('what the role may not read is not compared, and named', () => {
  const unread = outside(object(1), object(2), object(3, { contents: null }));
  const named = '1 large object (the role may not read them, or they are too large)';

  expect(contentsDifference([], [], { before, after: unread }).notCompared).toEqual([named]);
  expect(dataLossBetween([], [], { before, after: unread })).toMatchObject({ grade: 'not compared' });
  expect(lossInWords(dataLossBetween([], [], { before, after: unread }))).toContain(named);
});

test('where they were not read nothing is said of them', () => {
  expect(contentsDifference([], [])).toEqual({ changed: [], notCompared: [] });
});
