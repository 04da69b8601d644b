import { type BoundRun, bindingOf } from '#domain/approvals/binding';

const run: BoundRun = {
  runId: 'run-1',
  migration: '002_create_notes.sql',
  version: '002',
  description: 'create notes',
  sha256: 'a'.repeat(64),
  rollbackSha256: 'b'.repeat(64),
  checksSha256: 'c'.repeat(64),
  target: { projectId: 'project-1', branchId: 'branch-1', database: 'app' },
  pullRequest: null,
  startedBy: 'bob@example.org',
  startedAt: '2026-11-22T08:00:00.000Z',
  approvalTimeoutSeconds: 3600,
  monitorSeconds: 86_400,
};
const evidence = [
  { key: 'runs/run-1/01-code-review.json', sha256: '1'.repeat(64) },
  { key: 'runs/run-1/02-schema-validation.json', sha256: '2'.repeat(64) },
] as const;
const bound = { run, stage: 'review', evidence } as const;

test('the same things have the same binding, in whatever order the evidence came', () => {
  expect(bindingOf({ ...bound, evidence: [evidence[1], evidence[0]] })).toBe(bindingOf(bound));
  expect(bindingOf(bound)).toMatch(/^[0-9a-f]{64}$/);
});

test('a pin that came through the state machine with its fields in another order has the same binding', () => {
  const reversed = Object.fromEntries(Object.entries(run).reverse()) as BoundRun;

  expect(bindingOf({ ...bound, run: reversed })).toBe(bindingOf(bound));
});

test('a binding that was stored stays the same: another one would void every question that is open', () => {
  expect(bindingOf(bound)).toBe('783d0797d38f9e1e987e423310e1b437aaf232e58f3b2bda2ea49f54c7c87583');
});

const changes: Readonly<Record<string, Parameters<typeof bindingOf>[0]>> = {
  run: { ...bound, run: { ...run, runId: 'run-2' } },
  SQL: { ...bound, run: { ...run, sha256: 'd'.repeat(64) } },
  rollback: { ...bound, run: { ...run, rollbackSha256: 'd'.repeat(64) } },
  checks: { ...bound, run: { ...run, checksSha256: 'd'.repeat(64) } },
  'missing checks': { ...bound, run: { ...run, checksSha256: null } },
  project: { ...bound, run: { ...run, target: { ...run.target, projectId: 'project-2' } } },
  branch: { ...bound, run: { ...run, target: { ...run.target, branchId: 'branch-2' } } },
  database: { ...bound, run: { ...run, target: { ...run.target, database: 'other' } } },
  'the file name': { ...bound, run: { ...run, migration: '003_other.sql' } },
  'the pull request': { ...bound, run: { ...run, pullRequest: 'https://example.org/pull/1' } },
  'who started': { ...bound, run: { ...run, startedBy: 'ada@example.org' } },
  'the time to answer': { ...bound, run: { ...run, approvalTimeoutSeconds: 7200 } },
  'the time of watching': { ...bound, run: { ...run, monitorSeconds: 60 } },
  stage: { ...bound, stage: 'apply' },
  'evidence hash': { ...bound, evidence: [evidence[0], { ...evidence[1], sha256: '3'.repeat(64) }] },
  'evidence key': { ...bound, evidence: [evidence[0], { ...evidence[1], key: 'runs/run-1/03.json' }] },
  'missing evidence': { ...bound, evidence: [evidence[0]] },
  'more evidence': { ...bound, evidence: [...evidence, { key: 'runs/run-1/03.json', sha256: '3'.repeat(64) }] },
};

test.each(Object.entries(changes))('a change of %s voids the binding', (_, changed) => {
  expect(bindingOf(changed)).not.toBe(bindingOf(bound));
});
