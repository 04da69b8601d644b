import { tablesTouched, takenByWayBack } from '#domain/catalog/taken-by-way-back';

const sql = [
  'CREATE TABLE public."Old jobs" (\n  id integer,\n  at date\n) PARTITION BY RANGE (at)',
  'ALTER TABLE public.a ADD COLUMN note text',
  'ALTER TABLE public.a ADD COLUMN twice integer GENERATED ALWAYS AS (n * 2) STORED',
  'ALTER TABLE public.a ALTER COLUMN n TYPE integer USING n::integer',
  'ALTER TABLE public.a DROP COLUMN more',
  'DROP TABLE public.b',
  'DROP INDEX public.c',
];

test('says what comes back empty first, then what goes', () => {
  expect(takenByWayBack(sql, null, (column) => column === 'public.a.twice')).toEqual([
    'public."Old jobs" comes back without rows: they went with the migration',
    'public.a.note comes back without its values: they went with the migration',
    'public.b goes, with the rows that it got since the migration',
    'public.a.more goes, with the values that it got since the migration',
    'public.a.n is integer again: it fails on a value that does not fit, and may round others',
  ]);
});

test('only tables whose rows come back otherwise are worth counting', () => {
  expect([...tablesTouched(sql)]).toEqual(['public."Old jobs"', 'public.a']);
});
