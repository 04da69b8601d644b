import type { OutsideTables, SequenceState } from '#domain/tables/outside-tables';
import { collisionsBetween, sequencesDifference } from '#domain/tables/sequences';

/** Of a serial column with numbers up to 500, which has given out 500. */
const sequence = (differing: Partial<SequenceState> = {}, furthest: string | null = '500'): SequenceState => ({
  oid: 7,
  sequence: 'public.jobs_id_seq',
  lastValue: '500',
  isCalled: true,
  start: '1',
  increment: '1',
  minimum: '1',
  maximum: '2147483647',
  isCycling: false,
  ownedBy: 'public.jobs.id',
  isIdentity: false,
  feeds: [{ column: 'public.jobs.id', table: 'public.jobs', name: 'id', furthest }],
  ...differing,
});

const outside = (...sequences: readonly SequenceState[]): OutsideTables => ({
  sequences,
  unreadSequences: [],
  largeObjects: [],
});

const between = (before: readonly SequenceState[], after: readonly SequenceState[]) => ({
  before: outside(...before),
  after: outside(...after),
});

const anew = sequence({ oid: 8, lastValue: '1', isCalled: false });

describe('after a migration', () => {
  const passing = "SELECT pg_catalog.setval('public.jobs_id_seq', (SELECT max(id) FROM public.jobs))";

  test('a sequence that was made anew and begins below the numbers of its column is the migration’s, with the remedy', () => {
    const { made, found } = collisionsBetween(between([sequence()], [anew]));

    expect(found).toEqual([]);
    expect(made).toEqual([
      {
        sequence: 'public.jobs_id_seq',
        text: 'the sequence public.jobs_id_seq gives 1 next, but public.jobs.id holds numbers up to 500, so an INSERT would give a number that is there already',
        remedy: passing,
      },
    ]);
  });

  test.each([
    ['its last number was given out', sequence()],
    ['its next number is just behind', sequence({ lastValue: '501', isCalled: false })],
    ['its column is empty', sequence({ lastValue: '1', isCalled: false }, null)],
    ['it is meant to give numbers again', sequence({ lastValue: '1', isCycling: true })],
    ['it feeds nothing', sequence({ lastValue: '1', feeds: [] })],
    ['it descends, and is below', sequence({ increment: '-1', lastValue: '-9' }, '-9')],
  ])('nothing is said where %s', (_, state) => {
    expect(collisionsBetween(between([], [state]))).toEqual({ made: [], found: [] });
  });

  test.each([
    ['the very next number is there', sequence({ lastValue: '500', isCalled: false })],
    ['it descends, and is above', sequence({ increment: '-1', lastValue: '-9', isCalled: false }, '-9')],
    ['the number is larger than a number can hold', sequence({ lastValue: '9007199254740993' }, '9007199254740994')],
  ])('it is told where %s', (_, state) => {
    expect(collisionsBetween(between([], [state])).made).toHaveLength(1);
  });

  test('of a descending sequence the remedy asks for the smallest number', () => {
    const state = sequence({ increment: '-1', lastValue: '-1', isCalled: false }, '-9');

    expect(collisionsBetween(between([], [state])).made[0]?.remedy).toContain('SELECT min(id)');
  });

  test('what was so before and was left alone is the target’s own; what was put further back is not', () => {
    const low = sequence({ lastValue: '20' });

    expect(collisionsBetween(between([low], [low]))).toMatchObject({ made: [], found: [{}] });
    expect(collisionsBetween(between([low], [{ ...low, lastValue: '25' }]))).toMatchObject({ made: [], found: [{}] });
    expect(collisionsBetween(between([low], [{ ...low, lastValue: '10' }]))).toMatchObject({ made: [{}], found: [] });
    expect(collisionsBetween(between([low], [{ ...low, oid: 9 }]))).toMatchObject({ made: [{}], found: [] });
  });
});

describe('after a rollback', () => {
  const grade = (before: readonly SequenceState[], after: readonly SequenceState[]) =>
    sequencesDifference(between(before, after));

  test('the same value is no difference', () => {
    expect(grade([sequence()], [sequence()])).toEqual({
      differing: [],
      harmless: [],
      restoringSql: [],
      found: [],
      notCompared: [],
    });
  });

  test('numbers that were drawn meanwhile are harmless, and told', () => {
    expect(grade([sequence()], [sequence({ lastValue: '510' })])).toMatchObject({
      differing: [],
      harmless: [
        'the sequence public.jobs_id_seq gives 511 next, it was 501: numbers that were drawn are not given back',
      ],
    });
  });

  test('the same next number in other words is harmless', () => {
    const { differing, harmless } = grade([sequence()], [sequence({ lastValue: '501', isCalled: false })]);

    expect([differing.length, harmless.length]).toEqual([0, 1]);
  });

  test('one that stands further back differs, and is set', () => {
    expect(grade([sequence({}, '20')], [sequence({ lastValue: '30' }, '20')])).toMatchObject({
      differing: ['~ SEQUENCE public.jobs_id_seq: next number 501 → 31'],
      restoringSql: ["SELECT pg_catalog.setval('public.jobs_id_seq', 500, true)"],
    });
  });

  test('one that was made anew under another name is known by its column', () => {
    const { differing, restoringSql } = grade([sequence()], [{ ...anew, sequence: 'public.numbers' }]);

    expect(differing).toEqual([
      expect.stringContaining('~ SEQUENCE public.numbers: next number 501 → 1; the sequence'),
    ]);
    expect(restoringSql).toEqual(["SELECT pg_catalog.setval('public.numbers', 500, true)"]);
  });

  test('where the value of before would collide too, it is set behind the column', () => {
    const after = sequence({ lastValue: '1' }, '800');

    expect(grade([sequence()], [after]).restoringSql).toEqual([expect.stringContaining('SELECT max(id)')]);
  });

  test('one that has no number left differs', () => {
    const after = sequence({ lastValue: '2147483647' });

    expect(grade([sequence()], [after]).differing).toEqual([expect.stringContaining('no number is left')]);
  });

  test('one that is gone is set after the schema has it again, an identity column’s by its column', () => {
    const identity = sequence({ isIdentity: true });

    expect(grade([sequence()], []).restoringSql).toEqual(["SELECT pg_catalog.setval('public.jobs_id_seq', 500, true)"]);
    expect(grade([identity], []).restoringSql).toEqual([
      "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('public.jobs', 'id'), 500, true)",
    ]);
    expect(grade([sequence({ lastValue: '1', isCalled: false })], []).restoringSql).toEqual([]);
  });

  test('one that could not be read is named', () => {
    const before = { ...outside(), unreadSequences: ['public.secret'] };

    expect(sequencesDifference({ before, after: before }).notCompared).toEqual(['public.secret']);
  });
});
