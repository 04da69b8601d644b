import { verifySchema } from '#domain/boxes/09-verify-schema';
import type { CatalogObject } from '#domain/catalog/catalog';
import type { BoxId } from '#lambdas/checklist';
import { answersByBox, answersOf } from '#test/support/judged';
import { catalogOf, column, foreignKey, index, object, table } from '../catalog/objects';

const verify = (
  before: readonly CatalogObject[],
  rehearsed: readonly CatalogObject[],
  applied: readonly CatalogObject[] = rehearsed,
) =>
  answersOf(verifySchema, {
    catalogBefore: catalogOf(...before),
    catalogRehearsed: catalogOf(...rehearsed),
    catalogApplied: catalogOf(...applied),
  });

const trigger = object('trigger', 'public.jobs.trg', { function: 'public.touch()', enabled: 'enabled' });
const check = (definition = {}) =>
  object('constraint', 'public.jobs.ck', {
    type: 'check',
    definition: 'CHECK (a > 0)',
    isValidated: true,
    ...definition,
  });

const schema = [
  ...[table('public.jobs'), column('public.jobs.a', 1), index('public.i', 'public.jobs', 'a'), check()],
  foreignKey('public.jobs.fk', 'a', 'public.users', 'id'),
];

test('a schema that is the rehearsed one proves every box, and counts what is compared and new', () => {
  const verified = verify([table('public.jobs')], schema);

  expect(answersByBox(verified)).toEqual({
    '9.1': 'proved',
    '9.2': 'proved',
    '9.3': 'proved',
    '9.4': 'proved',
    '9.5': 'proved',
  });
  expect(verified.find(({ box }) => box === '9.4')).toMatchObject({
    reason: 'constraints: 2 compared, all equal to the rehearsal, 2 of them new',
    facts: { compared: 2, made: ['constraint public.jobs.ck', 'constraint public.jobs.fk'] },
  });
});

test.each<[string, BoxId, CatalogObject]>([
  ['a table', '9.1', table('public.users')],
  ['a sequence', '9.1', object('sequence', 'public.s', { type: 'bigint' })],
  ['a view', '9.1', object('view', 'public.v', { definition: 'SELECT 1' })],
  ['a column', '9.2', column('public.jobs.b', 2)],
  ['a type', '9.2', object('type', 'public.mood', { form: 'enum', labels: `'a'` })],
  ['a function', '9.2', object('function', 'public.f()', { definition: 'CREATE FUNCTION …' })],
  ['an index', '9.3', index('public.j', 'public.jobs', 'a')],
  ['a constraint', '9.4', check()],
  ['a check of a domain', '9.4', object('domain constraint', 'public.d.ck', { definition: 'CHECK (true)' })],
  ['a trigger', '9.5', trigger],
  ['a rule', '9.5', object('rule', 'public.jobs.r', { definition: 'CREATE RULE r AS ON …' })],
  ['an event trigger', '9.5', object('event trigger', 'e', { event: 'ddl_command_end' })],
])('%s that is missing fails box %s alone', (_, box, missing) => {
  const rest = [table('public.jobs'), column('public.jobs.a', 1)];

  const verified = verify(rest, [...rest, missing], rest);

  const failed = verified.filter(({ answer }) => answer === 'failed');
  expect(failed.map((one) => one.box)).toEqual([box]);
  expect(failed[0]?.reason).toMatch(/^the target differs from the rehearsal: - /);
  expect(failed[0]?.facts?.['differences']).toHaveLength(1);
});

test('what is there and was not rehearsed fails too', () => {
  const verified = verify([], [table('public.jobs')], [table('public.jobs'), table('public.surprise')]);

  expect(answersByBox(verified)['9.1']).toBe('failed');
  expect(verified[0]?.reason).toBe('the target differs from the rehearsal: + CREATE TABLE public.surprise ()');
});

test('a column of another type is not as rehearsed', () => {
  const verified = verify([], [column('public.jobs.a', 1)], [column('public.jobs.a', 1, { type: 'integer' })]);

  expect(answersByBox(verified)).toMatchObject({ '9.1': 'proved', '9.2': 'failed' });
});

test.each<[string, BoxId, CatalogObject]>([
  ['an invalid index', '9.3', index('public.i', 'public.jobs', 'a', { isValid: false })],
  ['an index that is not ready', '9.3', index('public.i', 'public.jobs', 'a', { isReady: false })],
  ['an index that is not live', '9.3', index('public.i', 'public.jobs', 'a', { isLive: false })],
  ['a constraint that is not validated', '9.4', check({ isValidated: false })],
  ['a constraint that is not enforced', '9.4', check({ isEnforced: false })],
])('%s is there and does not work', (_, box, idle) => {
  const made = verify([], [idle]);

  expect(made.filter(({ answer }) => answer === 'failed')).toEqual([
    { box, answer: 'failed', reason: `not active: ${idle.identity}` },
  ]);
});

test('a constraint that the migration stops enforcing is not active', () => {
  expect(answersByBox(verify([check()], [check({ isEnforced: false })]))['9.4']).toBe('failed');
});

test("what did not work before and is not the migration's is not held against it", () => {
  const old = check({ isValidated: false });

  expect(answersByBox(verify([old], [old]))['9.4']).toBe('proved');
});

test('new triggers stay open until tests have fired them; old ones do not', () => {
  expect(verify([], [trigger]).find(({ box }) => box === '9.5')).toMatchObject({
    answer: 'open',
    reason: expect.stringContaining('Step 10'),
  });
  expect(answersByBox(verify([trigger], [trigger]))['9.5']).toBe('proved');
});

test("without the target's catalog nothing is compared", () => {
  expect(answersOf(verifySchema, { catalogBefore: catalogOf(), catalogRehearsed: catalogOf() })).toEqual([]);
});
