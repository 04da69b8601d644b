/** What a function may write below a run's folder is what its state puts there, and it cannot change anything unseen. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { functionTable } from '#infra/function-table';
import { checklist, namesOf } from '#lambdas/checklist';
import type { Database } from '#lambdas/ports/database';
import type { Platform } from '#lambdas/ports/platform';
import {
  approvalKeys,
  artifactKeys,
  backupKey,
  laterFolder,
  pinnedKeys,
  publicKeyKeys,
  reportKeys,
  watchKeys,
} from '#lambdas/record/keys';
import { writersOf } from '#lambdas/record/run-files';
import { run as signOff } from '#lambdas/runs/sign-off';
import { pin, storeOfRun } from '#test/support/a-run';
import { ledgerEntry } from '#test/support/documents';
import {
  fakeClock,
  fakePorts,
  memoryDocuments,
  memoryStore,
  recordingMail,
  recordingSchedule,
  testSettings,
  testSigning,
} from '#test/support/fake-ports';
import { writeApprovedRun } from '#test/support/signed-approval';
import { actionsOf, statementsFor } from './template';

const matches = (pattern: string, key: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(key);

/** Patterns of keys that the template's role may put. */
const writable = (functionName: string): readonly string[] =>
  statementsFor(functionName)
    .filter((one) => actionsOf(one).includes('s3:PutObject'))
    .flatMap(({ Resource }) => JSON.stringify(Resource).match(/"\/[^"]+"/g) ?? [])
    .map((quoted) => quoted.slice(2, -1));

const functionsOf = (document: string): readonly string[] => {
  const step = checklist.map(namesOf).find(({ file }) => file === document);
  if (document === '16-monitor') return ['Monitor', 'SampleActivity'];
  if (document.startsWith('approve-')) return ['RequestApproval'];
  if (document === '00-open-run') return ['OpenRun'];
  if (document === 'open-rollback') return ['OpenRollback'];
  if (document === 'rehearse-rollback') return ['RehearseRollback'];
  if (document.startsWith('find-blockers')) return ['FindBlockers'];
  if (document === 'verify-rollback') return ['VerifyRollback'];
  if (document === 'sign-off') return ['SignOff'];
  if (document === 'close-run') return ['CloseRun'];
  return step ? [step.functionName] : [];
};

const artifacts = artifactKeys('run-1');
const files: readonly string[] = [
  ...Object.values(pinnedKeys('run-1')),
  pinnedKeys(laterFolder('run-1', 1)).migration,
  ...(['before', 'after-up', 'after-down', 'after-up-again', 'after-down-from-2'] as const).flatMap((moment) => [
    ...[artifacts.catalog(moment), artifacts.server(moment), artifacts.outside(moment), artifacts.contents(moment)],
  ]),
  ...(['environment-check', 'applied', 'after-rollback', 'recorded'] as const).map(artifacts.catalog),
  ...[artifacts.reviewedCatalog('f'.repeat(64)), artifacts.sizes, artifacts.statisticsAtReview, artifacts.baseline],
  ...[artifacts.productionStatistics, artifacts.serverAtEnvironmentCheck, backupKey('run-1')],
  ...[approvalKeys.request('run-1', 'apply'), approvalKeys.task('run-1', 'apply')],
  ...[
    ...Object.values(publicKeyKeys('run-1')),
    ...Object.values(reportKeys('run-1')),
    ...Object.values(watchKeys('run-1')),
  ],
];

test.each(files)('%s may be written by the functions whose states put it there', (key) => {
  const writers = writersOf('run-1', key);
  expect(writers.length).toBeGreaterThan(0);

  for (const document of writers) {
    const able = functionsOf(document).filter((name) => writable(name).some((pattern) => matches(pattern, key)));
    expect([document, able.length > 0]).toEqual([document, true]);
  }
});

test('nothing below approvals/ may be written by a function that neither asks nor decides', () => {
  const decision = approvalKeys.decision('run-1', 'apply', 'ada@example.org');
  const able = functionTable.filter(({ functionName }) =>
    writable(functionName).some((pattern) => matches(pattern, decision)),
  );

  expect(able.map(({ functionName }) => functionName).sort()).toEqual([
    ...['AnswerTerminal', 'DecideApproval', 'RequestApproval'],
  ]);
});

const signedOff = async () => {
  const store = await storeOfRun();
  const run = await pin();
  const previous = await writeApprovedRun(store, run);
  const database: Partial<Database> = {
    readLedger: async () => [ledgerEntry({ sha256: run.sha256 })],
    recordSignOff: async () => undefined,
    releaseLease: async () => undefined,
    dropScratches: async () => undefined,
  };
  const platform: Partial<Platform> = { deleteBranch: async () => undefined };
  const clock = fakeClock('2026-11-22T10:00:00.000Z');
  const told = { mail: recordingMail(), documents: memoryDocuments(), chat: { post: async () => [] } };
  const ports = {
    ...{ store, database, platform, clock, ...told },
    signing: testSigning,
    schedule: recordingSchedule(),
    settings: testSettings(),
  };
  await signOff({ run, previous, branch: { branchId: 'br-1', name: 'rehearsal' } }, fakePorts(ports));
  return store.texts();
};

test('whatever of a signed run a role could write over, without a key that signs, is found by the verifier', async () => {
  const texts = await signedOff();
  const known = await testSigning.publicKeys();
  const changed = async (key: string) => {
    const store = memoryStore({ ...texts, [key]: `${texts[key]} ` });
    return (await verifyEvidence(store, 'run-1', null, known)).problems.length > 0;
  };
  const able = Object.keys(texts).map((key) => ({
    key,
    by: functionTable
      .map(({ functionName }) => functionName)
      .filter((name) => writable(name).some((pattern) => matches(pattern, key))),
  }));

  const unseen: string[] = [];
  for (const { key, by } of able) if (by.length > 0 && !(await changed(key))) unseen.push(`${key} by ${by.join(', ')}`);

  expect(unseen).toEqual([]);
  expect(new Set(able.flatMap(({ by }) => by)).size).toBeGreaterThan(18);
}, 120_000);
