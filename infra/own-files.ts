/** What each function writes below a run's folder, by name: a run's files are listed in `lambdas/record/run-files.ts`, and a test compares. */

const artifacts = (...names: readonly string[]) => names.map((name) => `artifacts/${name}.json`);
const moments = (...names: readonly string[]) =>
  names.flatMap((name) => artifacts(`catalog-${name}`, `server-${name}`, `outside-tables-${name}`, `contents-${name}`));
const atReview = artifacts('catalog-at-review-*');
const report = ['report.*', 'keys/*'];

/** Besides its own evidence document, where it is a step. */
const others: Readonly<Record<string, readonly string[]>> = {
  CodeReview: atReview,
  SchemaValidation: atReview,
  ImpactAnalysis: [...atReview, ...artifacts('statistics-at-review', 'production-statistics')],
  EnvironmentCheck: artifacts(
    ...['catalog-environment-check', 'catalog-recorded', 'sizes-at-environment-check'],
    ...['server-at-environment-check', 'baseline'],
  ),
  DryRun: moments('before', 'after-up'),
  TestRollback: moments('after-*'),
  VerifySchema: artifacts('catalog-applied'),
  TestConstraints: artifacts('catalog-applied'),
  Monitor: ['monitoring/watch.json'],
  OpenRun: ['00-open-run.json', 'run.json', 'migration.sql', 'rollback.sql', 'settings.txt', 'checks.sql'],
  CreateBranch: ['create-branch.json'],
  RequestApproval: ['approvals/*', 'approve-*.json', 'keys/*'],
  DecideApproval: ['approvals/*', 'approve-*.json'],
  AnswerTerminal: ['approvals/*', 'approve-*.json'],
  ConnectAgain: ['connect-again-*.json'],
  EstablishOutcome: ['08-establish-outcome.json'],
  SignOff: ['sign-off.*', ...report],
  CloseRun: ['close-run.*', ...report],
  CloseStopped: ['close-run.*', ...report],
  EstablishRollback: ['establish-rollback.json'],
  OpenRollback: ['open-rollback.json', 'run.json', 'migration.sql', 'rollback.sql', 'settings.txt', 'later/*'],
  RehearseRollback: ['rehearse-rollback.json', ...moments('before', 'after-down'), ...artifacts('catalog-recorded')],
  FindBlockers: ['find-blockers*.json'],
  RollBack: ['roll-back.json'],
  VerifyRollback: ['verify-rollback.json', ...artifacts('catalog-after-rollback')],
  ReportIncident: ['report-incident.json'],
  SampleActivity: ['16-monitor.json', 'monitoring/summary.json'],
  OnAlarm: ['16-monitor.json'],
};

/** Patterns of keys, `*` for a run's id; the document of `Monitor` is written by those who watch. */
export const ownFiles = (functionName: string, step: string | null): readonly string[] => {
  const document = step === null || functionName === 'Monitor' ? [] : [`${step}.json`];
  return [...document, ...(others[functionName] ?? [])].map((file) => `runs/*/${file}`);
};
