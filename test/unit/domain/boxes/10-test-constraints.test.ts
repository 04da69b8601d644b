import { testConstraints } from '#domain/boxes/10-test-constraints';
import { type ChecksOutcome, failuresOf } from '#domain/boxes/declared-tests';
import type { CatalogObject } from '#domain/catalog/catalog';
import type { DeclaredCheck } from '#domain/checks/checks';
import type { BoxId } from '#lambdas/checklist';
import { check, failed, passed } from '#test/support/declared';
import { answersOf, checksFile } from '#test/support/judged';
import { catalogOf, column, foreignKey, index, object, table } from '../catalog/objects';

const trigger = (name = 'trg', definition = {}) =>
  object('trigger', `public.jobs.${name}`, { function: 'public.touch()', enabled: 'enabled', ...definition });

type Matter = {
  readonly before?: readonly CatalogObject[];
  readonly after?: readonly CatalogObject[];
  readonly declared?: readonly DeclaredCheck[];
  readonly outcome?: Partial<ChecksOutcome>;
};

const judge = ({ before = [], after = [], declared = [], outcome = {} }: Matter) => {
  const checks = checksFile({ tests: declared });
  const tests = { results: declared.map(passed), calledFunctions: [], leftBehind: [], ...outcome };
  const catalogs = { catalogBefore: catalogOf(...before), catalogAfter: catalogOf(...after) };
  return { boxes: answersOf(testConstraints, { checks, tests, ...catalogs }), failures: failuresOf(checks, tests) };
};

const boxOf = (id: BoxId, matter: Matter) => judge(matter).boxes.find(({ box }) => box === id);
const answerOf = (id: BoxId, matter: Matter) => boxOf(id, matter)?.answer;

test('a migration that makes no rules and declares no tests has nothing to prove', () => {
  const { boxes, failures } = judge({ after: [table('public.jobs'), column('public.jobs.note', 1)] });

  expect(boxes.map(({ box, answer }) => [box, answer])).toEqual(
    ['10.1', '10.2', '10.3', '10.4', '9.5'].map((box) => [box, 'not applicable']),
  );
  expect(failures).toEqual([]);
});

const rules: readonly [string, BoxId, CatalogObject][] = [
  ['a unique index', '10.1', index('public.u', 'public.jobs', 'key', { isUnique: true })],
  ['an exclusion constraint', '10.1', object('constraint', 'public.jobs.no_overlap', { type: 'exclusion' })],
  ['a NOT NULL column', '10.2', column('public.jobs.a', 1, { isNullable: false })],
  ['a foreign key', '10.2', foreignKey('public.jobs.fk', 'a', 'public.users', 'id')],
  ['a check', '10.2', object('constraint', 'public.jobs.ck', { type: 'check', definition: 'CHECK (a > 0)' })],
  ['a check of a domain', '10.2', object('domain constraint', 'public.d.ck', { definition: 'CHECK (VALUE > 0)' })],
  ['a domain that takes no null', '10.2', object('domain', 'public.d', { isNullable: false })],
  ['a trigger', '10.3', trigger()],
  ['an event trigger', '10.3', object('event trigger', 'on_ddl', { enabled: 'enabled' })],
  ['a rule', '10.3', object('rule', 'public.jobs.r', { definition: 'CREATE RULE r …' })],
];

test.each(rules)('%s without a test leaves box %s open, and no other', (_, box, rule) => {
  const open = judge({ after: [rule] }).boxes.filter(({ answer }) => answer === 'open');

  expect(open.map((one) => one.box)).toEqual(box === '10.3' ? ['10.3', '9.5'] : [box]);
});

test.each(rules)("%s that was there before is not the migration's", (_, box, rule) => {
  expect(answerOf(box, { before: [rule], after: [rule] })).toBe('not applicable');
});

test.each<[string, BoxId, CatalogObject, CatalogObject]>([
  ['a column that becomes NOT NULL', '10.2', column('public.a.x', 1), column('public.a.x', 1, { isNullable: false })],
  [
    'a check under an old name',
    '10.2',
    object('constraint', 'public.a.ck', { type: 'check', definition: 'CHECK (a > 0)' }),
    object('constraint', 'public.a.ck', { type: 'check', definition: 'CHECK (a > 9)' }),
  ],
  [
    'an index that becomes unique',
    '10.1',
    index('public.u', 'public.a', 'key', { isUnique: false }),
    index('public.u', 'public.a', 'key', { isUnique: true }),
  ],
  ['a trigger on another function', '10.3', trigger(), trigger('trg', { function: 'public.other()' })],
])('%s counts as made', (_, box, old, now) => {
  expect(answerOf(box, { before: [old], after: [now] })).toBe('open');
});

test("a new body of an old trigger's function is a rule that the migration makes", () => {
  const body = (definition: string) => object('function', 'public.touch()', { definition });
  const changed = { before: [trigger(), body('old')], after: [trigger(), body('new')] };

  expect(boxOf('10.3', changed)).toMatchObject({ answer: 'open', facts: { made: ['public.jobs: trg'] } });
  expect(answerOf('9.5', changed)).toBe('open');
});

test('what changes without changing the rule makes none', () => {
  const required = { isNullable: false };

  expect(
    answerOf('10.2', {
      before: [column('public.a.x', 1, required)],
      after: [column('public.a.x', 1, { ...required, default: '0' })],
    }),
  ).toBe('not applicable');
  expect(
    answerOf('10.1', {
      before: [index('public.u', 'public.a', 'key', { isUnique: true })],
      after: [index('public.u', 'public.a', 'key', { isUnique: true, tablespace: 'fast' })],
    }),
  ).toBe('not applicable');
});

test.each<[string, BoxId]>([
  ['23505', '10.1'],
  ['23P01', '10.1'],
  ['23502', '10.2'],
  ['23503', '10.2'],
  ['23514', '10.2'],
  ['P0001', '10.3'],
  ['23001', '10.3'],
])('a test that expects %s belongs to box %s alone: it proves it, or fails it', (sqlState, box) => {
  const declared = [check(7, null, sqlState)];
  const others = (['10.1', '10.2', '10.3'] as const).filter((other) => other !== box);

  expect(boxOf(box, { declared })).toMatchObject({ answer: 'proved', reason: expect.stringContaining('test 7') });
  expect(boxOf(box, { declared, outcome: { results: declared.map((one) => failed(one)) } })).toMatchObject({
    answer: 'failed',
    reason: 'x.checks.sql:7, test 7: expected 23505, came success',
  });
  for (const other of others) expect(answerOf(other, { declared })).toBe('not applicable');
});

test.each(['22P02', '22001', '42501'])('a refusal by PostgreSQL itself, %s, tests no rule', (sqlState) => {
  const declared = [check(7, sqlState)];

  for (const box of ['10.1', '10.2', '10.3'] as const) expect(answerOf(box, { declared })).toBe('not applicable');
});

test('one failed test among those that passed fails the box', () => {
  const declared = [check(3, '23505'), check(9, '23505')];
  const results = [passed(check(3)), failed(check(9))];

  expect(boxOf('10.1', { declared, outcome: { results } })).toMatchObject({
    answer: 'failed',
    reason: expect.not.stringContaining('test 3'),
  });
});

test('a failed test that expects no error is told at 10.3, and does not hide what failed there', () => {
  const declared = [check(3, null), check(9, 'P0001')];

  expect(
    boxOf('10.3', { declared, outcome: { results: [failed(check(3), '0 rows'), passed(check(9))] } }),
  ).toMatchObject({
    answer: 'failed',
    reason: 'x.checks.sql:3, test 3: 0 rows',
  });
  expect(
    boxOf('10.3', { declared, outcome: { results: [failed(check(3), '0 rows'), failed(check(9), 'no error')] } })
      ?.reason,
  ).toBe('x.checks.sql:9, test 9: no error; x.checks.sql:3, test 3: 0 rows');
});

test('a test that was declared and not run proves nothing', () => {
  const unique = index('public.u', 'public.jobs', 'key', { isUnique: true });

  expect(answerOf('10.1', { after: [unique], declared: [check(3, '23505')], outcome: { results: [] } })).toBe('open');
});

test('a trigger that only changes rows is tested by being fired in tests that all passed', () => {
  const fired = { after: [trigger()], declared: [check(3, null)], outcome: { calledFunctions: ['public.touch'] } };

  expect(boxOf('10.3', fired)).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/; all tests passed$/),
  });
  expect(answerOf('9.5', fired)).toBe('proved');
});

test('a trigger that was fired while another test failed is not tested', () => {
  const declared = [check(3, null), check(9, '23505')];
  const results = [passed(check(3)), failed(check(9))];

  expect(
    answerOf('10.3', { after: [trigger()], declared, outcome: { results, calledFunctions: ['public.touch'] } }),
  ).toBe('open');
});

test('a trigger that no test fires is open, and named', () => {
  const [first, second] = [trigger('one'), trigger('two', { function: 'public.other()' })];

  expect(boxOf('9.5', { after: [first, second], outcome: { calledFunctions: ['public.touch'] } })).toMatchObject({
    answer: 'open',
    reason: 'no declared test was seen to fire public.jobs: two',
  });
});

test('a role that may not count calls leaves it open whether a trigger was fired', () => {
  expect(boxOf('9.5', { after: [trigger()], outcome: { calledFunctions: null } })).toMatchObject({
    answer: 'open',
    reason: expect.stringContaining('track_functions'),
  });
});

test.each(['disabled', 'replica'])('a trigger that is %s does not work', (enabled) => {
  const matter = {
    before: [trigger()],
    after: [trigger('trg', { enabled })],
    outcome: { calledFunctions: ['public.touch'] },
  };

  expect(boxOf('9.5', matter)).toMatchObject({ answer: 'failed', reason: 'disabled: public.jobs: trg' });
});

test('an event trigger is never proved by the functions that tests called', () => {
  const after = [trigger(), object('event trigger', 'on_ddl', { enabled: 'enabled' })];

  expect(boxOf('9.5', { after, outcome: { calledFunctions: ['public.touch'] } })).toMatchObject({
    answer: 'open',
    reason: expect.stringContaining('event trigger on_ddl'),
  });
});

test('test data is cleaned up when nothing is left behind by tests that ran', () => {
  expect(answerOf('10.4', { declared: [check(3, null)] })).toBe('proved');
});

test('a table that is not as before fails the run; a sequence only its box', () => {
  const leftBehind = ['table public.jobs: 1 row before, 2 after', 'sequence public.s: 1 before, 2 after'];

  const { boxes, failures } = judge({ declared: [check(3, null)], outcome: { leftBehind } });

  expect(boxes.find(({ box }) => box === '10.4')).toMatchObject({
    answer: 'failed',
    reason: `the tests left behind ${leftBehind.join(', ')}`,
  });
  expect(failures).toEqual(['the tests left behind table public.jobs: 1 row before, 2 after']);
});

test('what is left behind fails even where no test was declared', () => {
  expect(answerOf('10.4', { outcome: { leftBehind: ['table public.jobs: 1 row before, 2 after'] } })).toBe('failed');
});

test('every failed test fails the run', () => {
  const declared = [check(3, '23505'), check(9, null)];

  expect(judge({ declared, outcome: { results: declared.map((one) => failed(one, 'no')) } }).failures).toEqual([
    ...['x.checks.sql:3, test 3: no', 'x.checks.sql:9, test 9: no'],
  ]);
});

test('without a checks file a rule is as open as with an empty one', () => {
  const tests = { results: [], calledFunctions: [], leftBehind: [] };
  const facts = { checks: null, tests, catalogBefore: catalogOf(), catalogAfter: catalogOf(trigger()) };

  expect(answersOf(testConstraints, facts)).toEqual(judge({ after: [trigger()] }).boxes);
});
