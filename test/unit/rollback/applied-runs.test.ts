import type { TakenBackVersion } from '#domain/ledger/rollback-pin';
import { readAppliedRuns } from '#lambdas/rollback/applied-runs';
import { document } from '#test/support/documents';
import { memoryStore } from '#test/support/fake-ports';

const version = { migration: '002_a.sql', version: '002', sha256: 's', rollbackSha256: 'r', runId: 'run-1' };
const taken: TakenBackVersion = { ...version, owner: null, closing: null };

const rollback = { because: null, versions: [taken, { ...taken, version: '003' }] };

test('the documents of the run that applied it are read once, and what is no document is left out', async () => {
  const store = memoryStore({
    'runs/run-1/16-monitor.json': JSON.stringify(document('16-monitor')),
    'runs/run-1/roll-back.json': '{"na',
    'runs/run-1/08-apply-migration.json': JSON.stringify(document('sign-off')),
    'runs/run-1/verify-rollback.json': 'null',
    'runs/run-1/report.json': '{}',
    'runs/run-2/16-monitor.json': JSON.stringify(document('16-monitor')),
  });

  expect((await readAppliedRuns(store, { runId: 'rollback-1', rollback })).map(({ name }) => name)).toEqual([
    '16-monitor',
  ]);
});

test('a run that applied it itself has no other', async () => {
  const store = memoryStore({ 'runs/run-1/16-monitor.json': JSON.stringify(document('16-monitor')) });

  expect(await readAppliedRuns(store, { runId: 'run-1', rollback })).toEqual([]);
  expect(await readAppliedRuns(store, { runId: 'run-1' })).toEqual([]);
});
