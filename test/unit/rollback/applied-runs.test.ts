import { readAppliedRuns } from '#lambdas/rollback/applied-runs';
import { document, ledgerEntry } from '#test/support/documents';
import { memoryStore } from '#test/support/fake-ports';

const opened = document('open-rollback', {
  runId: 'rollback-1',
  facts: { entries: [ledgerEntry({ runId: 'run-1' }), ledgerEntry({ runId: 'run-1' })] },
});

test('the documents of the run that applied it are read once, and what is no document is left out', async () => {
  const store = memoryStore({
    'runs/run-1/16-monitor.json': JSON.stringify(document('16-monitor')),
    'runs/run-1/roll-back.json': '{"na',
    'runs/run-1/08-apply-migration.json': JSON.stringify(document('sign-off')),
    'runs/run-1/verify-rollback.json': 'null',
    'runs/run-1/report.json': '{}',
    'runs/run-2/16-monitor.json': JSON.stringify(document('16-monitor')),
  });

  expect((await readAppliedRuns(store, [opened])).map(({ name }) => name)).toEqual(['16-monitor']);
});

test('a run that applied it itself has no other', async () => {
  const own = { ...opened, runId: 'run-1' };
  const store = memoryStore({ 'runs/run-1/16-monitor.json': JSON.stringify(document('16-monitor')) });

  expect(await readAppliedRuns(store, [own])).toEqual([]);
  expect(await readAppliedRuns(store, [document('16-monitor')])).toEqual([]);
});
