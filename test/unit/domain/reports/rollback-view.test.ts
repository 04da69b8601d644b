/** What a person sees of a rollback that was asked for, before they decide. */
import { rollbackView, type ShownRollback } from '#domain/reports/rollback-view';

const pin = { because: null, versions: [] };

const saved = {
  at: '2026-11-22T08:00:00.000Z',
  command: 'npm run restore -- run-1 --into DATABASE_URL',
  restorePoint: { name: 'restore-point-run-1', branchId: 'br-1', expiresAt: '2026-11-29T08:00:00.000Z' },
};

const shown = (answer: string, more: Partial<ShownRollback['atApply']> = {}): ShownRollback => ({
  now: { reverted: { answer, reason: 'it says so' }, dataLoss: null, locks: [] },
  atApply: { runId: 'run-1', reverted: null, dataLoss: null, ...more },
});

const pageOf = (view: ShownRollback) => rollbackView(view, pin)?.toString() ?? '';

test('a rollback that does not lead back exactly is shown with what remains, and what that would lose', () => {
  const page = pageOf(shown('failed', { saved }));

  expect(page).toContain('npm run restore -- run-1 --into DATABASE_URL');
  expect(page).toMatch(
    /restore-point-run-1 \(branch br-1\), of 2026-11-22 08:00 UTC and kept until 2026-11-29 08:00 UTC/,
  );
  expect(page.match(/everything that was written since is lost/g)).toHaveLength(2);
  expect(page).toContain('leave it standing');
});

test('nothing is offered that was not saved, and nothing at all beside a rollback that leads back', () => {
  for (const view of [
    shown('open'),
    shown('failed', { saved: null }),
    shown('failed', { saved: { ...saved, command: null, restorePoint: null } }),
  ]) {
    expect(pageOf(view)).toContain('leave it standing');
    expect(pageOf(view)).not.toMatch(/npm run restore|restore point/);
  }
  expect(pageOf(shown('proved', { saved }))).not.toContain('What remains');
});
