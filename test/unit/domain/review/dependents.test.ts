import type { Catalog } from '#domain/catalog/catalog';
import { seenSessions } from '#domain/environment/sessions';
import { dependentsOf } from '#domain/review/dependents';
import { dependentsInWords, dependentsLists } from '#domain/review/dependents-in-words';
import { contextFor } from '#domain/review/subject';
import { ordersCatalog, subjectOf } from '#test/support/review-subject';

const nobody = { roles: [], memberships: [] };

const found = async (
  sql: string,
  catalog: Catalog = ordersCatalog,
  server: Parameters<typeof dependentsOf>[1] = nobody,
) => dependentsOf(contextFor(await subjectOf(sql, 'SELECT 1;', { catalog })), server);

const object = (kind: string, identity: string, definition: Catalog['objects'][number]['definition'] = {}) => ({
  kind,
  identity,
  definition,
});

test('what is replaced, dropped, renamed or revoked is changed, whatever its kind', async () => {
  const catalog: Catalog = {
    objects: [
      ...ordersCatalog.objects,
      object('sequence', 'public.numbers', { owner: 'app' }),
      object('enum', 'public.unrelated'),
    ],
  };
  const of = async (sql: string) => (await found(sql, catalog)).changed.first;

  expect(await of('CREATE OR REPLACE VIEW noted AS SELECT order_id FROM orders;')).toContain('view public.noted');
  expect(await of('DROP VIEW noted;')).toContain('view public.noted');
  expect(await of('ALTER FUNCTION touch() RENAME TO touched;')).toEqual(['function public.touch']);
  expect(await of('REVOKE USAGE ON SEQUENCE numbers FROM app;')).toEqual(['sequence public.numbers']);
  expect(await of('CREATE TABLE fresh (id bigint PRIMARY KEY);')).toEqual([]);
});

test('partitions and what publishes a table depend on it, under quoted names too', async () => {
  const { dependents } = await found('ALTER TABLE "Odd Name" ADD COLUMN note text;', {
    objects: [
      object('table', 'public."Odd Name"', { partitionKey: 'RANGE (id)' }),
      object('table', 'public.part', { partitionOf: 'public."Odd Name"' }),
      object('publication', 'named', { tables: 'public."Odd Name", public.other' }),
      object('publication', 'by_schema', { schemas: 'public' }),
      object('publication', 'everything', { isForAllTables: true }),
      object('publication', 'others', { tables: 'public.other' }),
      object('constraint', 'public.other.fk', { type: 'foreign key', targetTable: 'public."Odd Name"' }),
      object('constraint', 'public."Odd Name".itself', { type: 'foreign key', targetTable: 'public."Odd Name"' }),
    ],
  });

  expect(dependents.first.map(({ what }) => what)).toEqual([
    'partition or child public.part',
    'foreign key public.other.fk',
    'publication named',
    'publication by_schema',
    'publication everything',
  ]);
});

test('members of members are found, also in a circle', async () => {
  const member = (role: string, name: string) => ({
    ...{ role, member: name, grantor: 'root', admin: false },
    ...{ inherit: null, set: null },
  });
  const catalog: Catalog = { objects: [object('table', 'public.orders', { owner: 'a', privileges: 'b: SELECT' })] };
  const { members } = await found('ALTER TABLE orders ADD COLUMN x int;', catalog, {
    roles: [],
    memberships: [member('b', 'c'), member('c', 'd'), member('d', 'b')],
  });

  expect(members.first).toEqual([{ role: 'b', members: { count: 2, first: ['c', 'd'] } }]);
});

test('of a list that is too long the first entries are kept, and all are counted', async () => {
  const views = Array.from({ length: 400 }, (_, index) =>
    object('view', `public.view_${index}`, { definition: 'SELECT 1 FROM public.orders' }),
  );
  const many = await found('ALTER TABLE orders ADD COLUMN x int;', { objects: [...ordersCatalog.objects, ...views] });
  const sessions = seenSessions({ at: '2026-11-22T08:00:00.000Z', askedBy: 'app', own: 0, groups: [] });
  const list = dependentsLists(many, sessions).find(({ title }) => title === 'Dependent objects');

  expect(many.dependents.count).toBe(401);
  expect(list).toMatchObject({ left: 351 });
  expect(list?.rows).toHaveLength(50);
  expect(dependentsInWords(many, sessions)).toMatch(/; at least 50 dependent objects \(view .* and 45 more\)$/);
});

test('code that cannot be read is named: what it changes is not among the objects', async () => {
  const unseen = await found("DO $$ BEGIN EXECUTE 'DROP ' || 'TABLE orders'; END $$;");

  expect(unseen.unreadLines).toEqual([4]);
  const [changed] = dependentsLists(
    unseen,
    seenSessions({ at: '2026-11-22T08:00:00.000Z', askedBy: 'app', own: 2, groups: [] }),
  );
  expect(changed?.note).toMatch(/^What the code in line 4 changes is not among them/);
});
