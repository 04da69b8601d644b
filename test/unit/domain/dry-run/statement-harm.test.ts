import { withLosses } from '#domain/dry-run/statement-harm';
import type { DataLoss, Loss } from '#domain/tables/data-loss';

const statement = (summary: string, rowsWritten: number, mode = 'RowExclusiveLock') => ({
  summary,
  rowsWritten,
  severity: 'low' as const,
  locks: [{ table: 'public.jobs', mode } as never],
});

const lost = (kind: Loss['kind'], name = 'public.jobs'): DataLoss => ({
  grade: 'lost',
  losses: [{ kind, name, count: 2, text: '' }],
  notCompared: [],
});

const harmsOf = (statements: readonly ReturnType<typeof statement>[], loss: DataLoss | null) =>
  withLosses(statements, loss).map(({ severity }) => severity);

test('without a loss the harm is that of the locks', () => {
  expect(harmsOf([statement('UPDATE jobs', 5)], null)).toEqual(['low']);
});

test('a statement that loses rows does harm although nobody waits', () => {
  const statements = [statement('CREATE INDEX', 0, 'ShareLock'), statement('DELETE FROM jobs', 5)];

  expect(harmsOf(statements, lost('rows'))).toEqual(['low', 'high']);
  expect(harmsOf(statements, lost('changed'))).toEqual(['low', 'medium']);
  expect(harmsOf(statements, lost('rows', 'public.users'))).toEqual(['low', 'low']);
});

test('a column that is gone is the harm of the statement that drops it', () => {
  const statements = [statement('ALTER TABLE jobs DROP COLUMN note', 0), statement('ALTER TABLE jobs ADD CHECK', 0)];

  expect(harmsOf(statements, lost('column', 'public.jobs.note'))).toEqual(['high', 'low']);
});

test('where nobody can tell which statement it was, all that write the table are meant', () => {
  expect(harmsOf([statement('DO $$', 0), statement('DO $$', 0)], lost('rows'))).toEqual(['high', 'high']);
});
