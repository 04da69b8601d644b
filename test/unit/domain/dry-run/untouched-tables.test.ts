import { compareUntouched } from '#domain/dry-run/untouched-tables';
import type { TableContents } from '#domain/tables/contents';
import { heldLock, statementRun } from '#test/support/statement-run';

const table = (name: string, digest: string | null, oid = name.length): TableContents => ({
  oid,
  table: name,
  rows: 1,
  digest,
  columns: [],
});

test('tables that are read or left alone keep their checksum; those that are written need not', () => {
  const statements = [
    statementRun({
      locks: [heldLock('RowExclusiveLock', 1, 'public.My jobs'), heldLock('AccessShareLock', 1, 'public.users')],
    }),
  ];
  const before = [table('public."My jobs"', 'a'), table('public.users', 'b'), table('public.other', 'c')];
  const after = [table('public."My jobs"', 'x'), table('public.users', 'b'), table('public.other', 'y')];

  expect(compareUntouched(statements, before, after)).toEqual({
    equal: 1,
    rows: 1,
    differing: ['public.other'],
    notCompared: [],
  });
});

test('a table that is gone without having been touched is told, one that could not be read is not compared', () => {
  expect(compareUntouched([], [table('public.a', 'a'), table('public.b', null)], [])).toEqual({
    equal: 0,
    rows: 0,
    differing: ['public.a'],
    notCompared: ['public.b'],
  });
});

test('a table whose schema was renamed is the same table', () => {
  expect(compareUntouched([], [table('old.jobs', 'a', 1)], [table('new.jobs', 'a', 1)])).toEqual({
    equal: 1,
    rows: 1,
    differing: [],
    notCompared: [],
  });
});
