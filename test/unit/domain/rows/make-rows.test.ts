import { loadModule } from 'libpg-query';
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { checkFacts, valuesForCheck } from '#domain/rows/check-values';
import { failsWithRowsInWords } from '#domain/rows/fails-with-rows';
import { makeRows } from '#domain/rows/make-rows';
import { likeSamples, samplesOf } from '#domain/rows/pattern-samples';
import { poolsOf } from '#domain/rows/pools';
import { catalogRows, shapeOf } from '#domain/rows/shape';
import { inFillOrder, touchedTables } from '#domain/rows/touched-tables';
import { baseOf, madeTypes } from '#domain/rows/types';
import { valuesOf } from '#domain/rows/values';

beforeAll(() => loadModule());

const object = (kind: string, identity: string, definition: CatalogObject['definition'] = {}): CatalogObject => ({
  kind,
  identity,
  definition,
});

const column = (identity: string, type: string, position: number, more: CatalogObject['definition'] = {}) =>
  object('column', identity, { type, position, isNullable: true, ...more });

const key = (identity: string, columns: string, targetTable: string, targetColumns: string) =>
  object('constraint', identity, { type: 'foreign key', columns, targetTable, targetColumns });

const catalog: Catalog = {
  objects: [
    object('table', 'public.people'),
    column('public.people.id', 'bigint', 1, { isNullable: false, identity: 'always' }),
    column('public.people.name', 'text', 2, { isNullable: false }),
    column('public.people.code', 'character varying(3)', 3),
    object('index', 'public.people_code', { table: 'public.people', columns: 'code', isUnique: true, definition: '' }),
    object('table', 'public.orders'),
    column('public.orders.person', 'bigint', 1, { isNullable: false }),
    key('public.orders.fk', 'person', 'public.people', 'id'),
    object('table', 'public.apart'),
    object('view', 'public.recent', { definition: 'SELECT * FROM public.orders' }),
    object('type', 'public.mood', { form: 'enum', labels: `'sad', 'it''s ok'` }),
    object('domain', 'public.age', { type: 'integer', isNullable: false }),
    object('domain constraint', 'public.age.c', { definition: 'CHECK ((VALUE > 0))' }),
  ],
};
const rows = catalogRows(catalog);
const types = madeTypes(catalog);
const people = shapeOf(rows, 'public.people');

const make = (count: number) => {
  if (!people) throw new Error('the catalog has it');
  const { pools } = poolsOf(people, types, { start: 0, count });
  return makeRows(people, pools, { count, without: new Set(), parents: new Map() });
};

test('what PostgreSQL numbers itself gets no value, a key differs, and the same is made again', () => {
  const made = make(20);
  const codes = made.map(([, code]) => code).filter((code) => code !== null);

  expect(made[0]).toHaveLength(2);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((code) => (code ?? '').length <= 3)).toBe(true);
  expect(make(20)).toEqual(made);
});

test('NULL stands only where it may, in the second row wherever it may', () => {
  const made = make(20);

  expect(made.every(([name]) => name !== null)).toBe(true);
  expect(made[1]?.[1]).toBeNull();
  expect(new Set(made.map(([name]) => name)).size).toBeLessThan(made.length);
});

test('a view leads to the table behind it, and a table to its parents', () => {
  const touched = touchedTables('REFRESH recent', catalog, rows);

  expect(touched).toEqual(['public.orders']);
  expect(inFillOrder(touched, rows).map(({ identity }) => identity)).toEqual(['public.people', 'public.orders']);
});

test('who removes rows meets those that refer to them', () => {
  expect(touchedTables('DELETE FROM people', catalog, rows)).toEqual(['public.people', 'public.orders']);
  expect(touchedTables('ALTER TABLE people ADD x int', catalog, rows)).toEqual(['public.people']);
});

test('domains are seen through, enums have their labels', () => {
  expect(baseOf('public.age', types)).toEqual({ type: 'integer', isNullable: false, checks: ['CHECK ((VALUE > 0))'] });
  expect(valuesOf('public.mood', types)?.usual).toEqual(['sad', "it's ok"]);
  expect(valuesOf('public.nothing_known', types)).toBeNull();
});

test.each([
  '^[A-Z]{2}-\\d{3}$',
  '^(red|green)( light)?$',
  '^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$',
  '^#[0-9a-f]{6}$',
  '^\\+?[1-9][0-9]{7,14}$',
  '^[^/]+/[[:alpha:]]+$',
])('%s has samples, and they match', (pattern) => {
  const samples = samplesOf(pattern, 12);
  const read = new RegExp(pattern.replace('[[:alpha:]]', '[a-z]'));

  expect(samples.length).toBeGreaterThan(1);
  expect(samples.filter((sample) => !read.test(sample))).toEqual([]);
});

test.each(['(', '[a', '(?=a)b|'])('%s is no reason to fall over', (pattern) => {
  expect(() => samplesOf(pattern, 3)).not.toThrow();
});

test('LIKE is filled in', () => {
  expect(likeSamples('sku-%_')).toContain('sku-aa');
});

test('a check gives its constants, their neighbours and texts of its length', () => {
  const numbers = checkFacts('CHECK (((a > 5) AND (a < 9)))');
  const lengths = checkFacts('CHECK ((char_length(b) = 7))');

  expect(numbers && valuesForCheck(numbers, 'integer')).toEqual(expect.arrayContaining(['5', '6', '8']));
  expect(lengths && valuesForCheck(lengths, 'text')).toContain('aaaaaaa');
  expect(checkFacts('CHECK ((a >')).toBeNull();
});

test('the message names rows and remedy', () => {
  const tables = [{ table: 'public.people', rows: 20, example: `(name 'alpha')` }];

  expect(failsWithRowsInWords('23505', tables)).toBe(
    `it runs without rows and fails on rows made for this rehearsal, in public.people (20 rows, one of them (name 'alpha')); the schema allows such rows. To mend it: remove or merge equal rows before the key is made`,
  );
  expect(failsWithRowsInWords(null, tables)).toContain('write the statement so that it holds');
});
