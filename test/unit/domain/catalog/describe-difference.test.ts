import type { CatalogDefinition, CatalogObject } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { catalogOf, column, comment, foreignKey, index, object, primaryKey, table } from './objects';

const describeFrom = (before: readonly CatalogObject[], after: readonly CatalogObject[]) =>
  describeDifference(differenceOf(catalogOf(...before), catalogOf(...after)));

const describeChange = (kind: string, identity: string, before: CatalogDefinition, after: CatalogDefinition) =>
  describeFrom([object(kind, identity, before)], [object(kind, identity, after)]);

test('nothing is said of equal catalogs', () => {
  expect(describeFrom([table('public.jobs')], [table('public.jobs')])).toEqual([]);
});

test('a new table is one CREATE TABLE with its columns in order; keys and indexes follow, the index of a key does not', () => {
  const jobs = [
    ...[table('public.jobs'), column('public.jobs.zone', 2, { default: `'x'::text` })],
    column('public.jobs.id', 1, { type: 'bigint', isNullable: false, identity: 'always' }),
    ...[primaryKey('public.jobs', 'id'), index('public.key', 'public.jobs', 'id', { constraint: 'key' })],
    index('public.jobs_zone', 'public.jobs', 'zone'),
    object('sequence', 'public.jobs_id_seq', { ownedBy: 'public.jobs.id', isIdentity: true }),
  ];

  expect(describeFrom([], jobs)).toEqual([
    `+ CREATE TABLE public.jobs (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, zone text DEFAULT 'x'::text)`,
    '+ CONSTRAINT public.jobs.key PRIMARY KEY (id)',
    '+ CREATE INDEX jobs_zone ON public.jobs USING btree (zone)',
  ]);
});

test('what went is told with all that it was', () => {
  const gone = [
    column('public.jobs.status', 2, { isNullable: false, storage: 'external' }),
    foreignKey('public.jobs.owner', 'user_id', 'public.users', 'id'),
    comment('table column public.jobs.id', `it's`),
  ];

  expect(describeFrom([table('public.jobs'), ...gone], [table('public.jobs')])).toEqual([
    '- COLUMN public.jobs.status text NOT NULL (storage external)',
    '- CONSTRAINT public.jobs.owner FOREIGN KEY (user_id) REFERENCES public.users(id)',
    `- COMMENT ON COLUMN public.jobs.id IS 'it''s'`,
  ]);
});

test('an index that does not work says so', () => {
  const [line] = describeFrom([], [index('public.i', 'public.jobs', 'id', { isValid: false })]);

  expect(line).toBe('+ CREATE INDEX i ON public.jobs USING btree (id) (INVALID)');
  expect(
    describeFrom(
      [index('public.i', 'public.jobs', 'id')],
      [index('public.i', 'public.jobs', 'id', { isValid: false })],
    ),
  ).toEqual(['~ INDEX public.i: valid → INVALID']);
});

test.each<[string, CatalogDefinition, CatalogDefinition, string]>([
  ['column', { default: 'now()' }, {}, 'default now() → none'],
  ['column', { isNullable: false }, { isNullable: true }, 'NOT NULL → nullable'],
  ['column', {}, { statisticsTarget: 100 }, 'statistics target none → 100'],
  ['table', {}, { hasRowSecurity: true }, 'row security off → row security on'],
  ['table', { privileges: 'app: SELECT' }, {}, 'privileges app: SELECT → default'],
  ['trigger', { enabled: 'enabled' }, { enabled: 'disabled' }, 'enabled → disabled'],
  ['column', { type: 'text', default: '1' }, { type: 'integer' }, 'type text → integer; default 1 → none'],
])('a change of a %s says the field, what it was and what it is', (kind, before, after, words) => {
  expect(describeChange(kind, 'public.x', before, after)).toEqual([`~ ${kind.toUpperCase()} public.x: ${words}`]);
});

test.each<[kind: string, field: string, before: CatalogDefinition[string], after: CatalogDefinition[string]]>([
  ['constraint', 'type', 'check', 'unique'],
  ['constraint', 'columns', 'a', 'a, b'],
  ['constraint', 'targetTable', 'public.b', 'public.c'],
  ['constraint', 'targetColumns', 'id', 'key'],
  ['constraint', 'onDelete', 'no action', 'cascade'],
  ['constraint', 'onUpdate', 'no action', 'cascade'],
  ['constraint', 'isValidated', false, true],
  ['constraint', 'isDeferrable', false, true],
  ['constraint', 'isInitiallyDeferred', false, true],
  ['constraint', 'isEnforced', false, true],
  ['domain constraint', 'isValidated', false, true],
  ['index', 'table', 'public.a', 'public.b'],
  ['index', 'method', 'btree', 'hash'],
  ['index', 'columns', 'a', 'b'],
  ['index', 'isUnique', false, true],
  ['index', 'predicate', 'a > 0', 'a > 1'],
  ['index', 'tablespace', 'slow', 'fast'],
  ['trigger', 'function', 'public.f', 'public.g'],
])('the definition of a %s tells its %s, which is not told again', (kind, field, before, after) => {
  expect(
    describeChange(kind, 'public.a.x', { definition: 'OLD', [field]: before }, { definition: 'NEW', [field]: after }),
  ).toEqual([`~ ${kind.toUpperCase()} public.a.x: definition OLD → NEW`]);
});

test('what the definition does not tell is told beside it', () => {
  expect(
    describeChange(
      'trigger',
      'public.a.t',
      { definition: 'OLD', enabled: 'enabled' },
      { definition: 'NEW', enabled: 'disabled' },
    ),
  ).toEqual(['~ TRIGGER public.a.t: definition OLD → NEW; enabled → disabled']);
});

test('of a long text only the lines that differ are shown', () => {
  const body = (line: string) => ({ definition: `CREATE FUNCTION f()\nBEGIN\n  ${line};\nEND` });

  expect(describeChange('function', 'public.f()', body('a'), body('b'))).toEqual([
    '~ FUNCTION public.f(): definition\n    -   a;\n    +   b;',
  ]);
});

test('columns in another order are one entry of their table', () => {
  expect(
    describeFrom(
      [column('public.a.x', 1), column('public.a.y', 2)],
      [column('public.a.x', 2), column('public.a.y', 1)],
    ),
  ).toEqual(['~ TABLE public.a: column order x 1 → 2, y 2 → 1']);
});

test('entries are sorted by table', () => {
  const lines = describeFrom(
    [column('public.b.x', 1), column('public.a.x', 1)],
    [object('view', 'public.aa', { definition: ' SELECT 1;' })],
  );

  expect(lines).toEqual([
    '- COLUMN public.a.x text',
    '+ CREATE VIEW public.aa AS\n+  SELECT 1',
    '- COLUMN public.b.x text',
  ]);
});
