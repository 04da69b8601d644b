import { type BoundRun, bindingOf } from '#domain/approvals/binding';

const run: BoundRun = {
  runId: 'run-1',
  sha256: 'a'.repeat(64),
  rollbackSha256: 'b'.repeat(64),
  checksSha256: 'c'.repeat(64),
  target: { projectId: 'project-1', branchId: 'branch-1', database: 'app' },
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

test('a binding that was stored stays the same: another one would void every question that is open', () => {
  expect(bindingOf(bound)).toBe('2be43f6585eff880ff99bf28764cce4c0c05d098fb2b57c4b57ae7a9d36b5553');
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
  stage: { ...bound, stage: 'apply' },
  'evidence hash': { ...bound, evidence: [evidence[0], { ...evidence[1], sha256: '3'.repeat(64) }] },
  'evidence key': { ...bound, evidence: [evidence[0], { ...evidence[1], key: 'runs/run-1/03.json' }] },
  'missing evidence': { ...bound, evidence: [evidence[0]] },
  'more evidence': { ...bound, evidence: [...evidence, { key: 'runs/run-1/03.json', sha256: '3'.repeat(64) }] },
};

test.each(Object.entries(changes))('a change of %s voids the binding', (_, changed) => {
  expect(bindingOf(changed)).not.toBe(bindingOf(bound));
});
