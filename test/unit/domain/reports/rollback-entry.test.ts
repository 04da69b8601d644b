import { addRollback, type RollbackEntry } from '#domain/reports/rollback-entry';

const entry = (differing: Partial<RollbackEntry> = {}): RollbackEntry => ({
  runId: 'rollback-1',
  version: '003',
  migration: '003_labels.sql',
  with: [],
  database: 'app',
  at: '2026-11-30T15:45:09.123Z',
  by: 'ada@example.org',
  because: 'the labels are wrong',
  compared: 'the catalog after the rollback equals the catalog before the migration, exactly',
  lost: 'table public.labels with 3 rows is gone',
  report: 'ops/postmortems/2026-11-30-003_labels-rollback-1.md',
  ...differing,
});

test('what was rolled back is added at the end, once for each run', () => {
  const once = addRollback('# Ours\n', entry());

  expect(once).toBe(`# Ours

<!-- rolled back by rollback-1 -->
### [2026-11-30] Migration 003: rolled back

- **Context**: the labels are wrong
- **Decision**: \`003_labels.sql\` was rolled back on staging (app) on 2026-11-30T15:45:09.123Z, approved by ada@example.org
- **Schema after it**: the catalog after the rollback equals the catalog before the migration, exactly
- **Data**: table public.labels with 3 rows is gone
- **Incident report**: \`ops/postmortems/2026-11-30-003_labels-rollback-1.md\`
`);
  expect(addRollback(once, entry())).toBe(once);
  expect(addRollback(once, entry({ runId: 'rollback-2' }))).toContain('<!-- rolled back by rollback-2 -->');
});

test('what nobody knows is not called good', () => {
  const text = addRollback(null, entry({ compared: null, lost: null, with: ['005_e.sql', '004_d.sql'] }));

  expect(text).toContain('- **Rolled back before it**: 005_e.sql, 004_d.sql\n');
  expect(text).toContain('- **Schema after it**: not compared with the one from before the migration\n');
  expect(text).toContain('- **Data**: nobody counted what it would take\n');
});
