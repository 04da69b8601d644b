/** Close run and Sign off: what they leave, whatever state the run is in, and however often they are called. */
import type { DocumentName } from '#domain/boxes/facts';
import { DatabaseUnreachable, VerificationFailed } from '#domain/errors';
import { verifyChain } from '#domain/evidence/chain';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { signOffIn } from '#domain/reports/decision-entry';
import type { Report } from '#domain/reports/report';
import type { Database } from '#lambdas/ports/database';
import type { Chat } from '#lambdas/ports/people';
import type { Platform } from '#lambdas/ports/platform';
import { writeJson } from '#lambdas/record/json';
import { run as closeRun } from '#lambdas/runs/close-run';
import { run as signOff } from '#lambdas/runs/sign-off';
import type { CloseRunInput } from '#statemachine/contract';
import { migrationName, pin, readStored, storeOfRun } from '#test/support/a-run';
import { answer, document, ledgerEntry } from '#test/support/documents';
import { readEvidenceWithRefs } from '#test/support/evidence-of-run';
import {
  fakeClock,
  fakePorts,
  memoryDocuments,
  recordingMail,
  recordingSchedule,
  testSettings,
  testSigning,
} from '#test/support/fake-ports';
import { writeDocument, writeUpTo } from '#test/support/run-in-store';
import { writeApprovedRun } from '#test/support/signed-approval';

const branch = { branchId: 'br-1', name: 'rehearsal-run-1' };

type SetUp = { readonly ledger?: readonly LedgerEntry[]; readonly deleteBranch?: Platform['deleteBranch'] };

const aRun = async ({ ledger = [ledgerEntry()], deleteBranch = async () => undefined }: SetUp = {}) => {
  const [store, clock, released, signedOff] = [await storeOfRun(), fakeClock(), [] as string[], [] as string[]];
  const ended: Record<string, unknown>[] = [];
  const { sha256 } = await pin();
  const database: Pick<Database, 'readLedger' | 'recordSignOff' | 'recordEnd' | 'releaseLease' | 'dropScratches'> = {
    dropScratches: async () => undefined,
    readLedger: async () => ledger.map((entry) => ({ ...entry, sha256 })),
    recordSignOff: async (_, { runId }, { sha256 }) => {
      signedOff.push(`${runId} ${sha256}`);
    },
    recordEnd: async (_, { runId }, { state, reason }) => {
      ended.push({ runId, state, reason });
    },
    releaseLease: async (_, { runId }) => {
      released.push(runId);
    },
  };
  const signing = testSigning;
  const [mail, documents, posted] = [recordingMail(), memoryDocuments(), [] as string[]];
  const chat: Chat = {
    post: async (text) => {
      posted.push(text);
      return [];
    },
  };
  const ports = fakePorts({
    store,
    clock,
    database,
    signing,
    mail,
    documents,
    chat,
    settings: testSettings(),
    schedule: recordingSchedule(),
    platform: { deleteBranch },
  });
  const opened = await writeJson(store, 'runs/run-1/00-open-run.json', document('00-open-run'));
  const failed = document('01-code-review', {
    previous: [opened.sha256],
    boxes: [answer('1.5', 'failed', 'no comment')],
    finishedAt: '2026-11-22T08:00:02.000Z',
  });
  const reviewed = await writeJson(store, 'runs/run-1/01-code-review.json', failed);
  return {
    store,
    clock,
    released,
    signedOff,
    ended,
    mail,
    documents,
    posted,
    ports,
    database,
    input: { run: await pin(), previous: [reviewed], branch },
  };
};

/** The same run when it has come to its sign-off, both stages approved. */
const anApprovedRun = async (setUp: SetUp = {}) => {
  const run = await aRun(setUp);
  const failed = { boxes: [answer('1.5', 'failed', 'no comment')] };
  const previous = await writeApprovedRun(run.store, run.input.run, { '01-code-review': failed });
  return { ...run, input: { ...run.input, previous: [...previous] } };
};

type Run = Awaited<ReturnType<typeof aRun>>;

const reportOf = ({ store }: Run) => readStored<Report>(store, 'runs/run-1/report.json');

const problemsOf = async ({ store }: Run) => verifyChain(await readEvidenceWithRefs(store, 'run-1'));

/** The same run further on: what `Close run` is handed there. */
const cameTo = async ({ store }: Run, name: DocumentName) => {
  const written = await writeUpTo(store, name);
  return { input: { written, previous: [...written.values()].slice(-1) } };
};

const closing = (differing: Partial<CloseRunInput> = {}) => ({
  decision: null,
  failure: null,
  rollback: null,
  ...differing,
});

const failure = {
  state: 'Step 9: Verify schema',
  error: 'VerificationFailed',
  cause: 'an index is missing',
  committed: true,
};

test('a sign-off is what the ledger says, and a report in three forms', async () => {
  const run = await anApprovedRun();

  const { signOff: signedOff } = await signOff(run.input, run.ports);

  expect(signedOff).toEqual({
    migration: migrationName,
    runId: 'run-1',
    appliedBy: 'ada@example.org',
    date: '2026-11-22T09:00:00.000Z',
    environment: 'staging',
    executionTimeMs: 1234,
    outcome: 'signed off with exceptions',
    exceptions: ['1.5 failed: no comment; accepted by nobody'],
    exceptionCount: 1,
    issuesFound: ['1.5: no comment'],
    issuesCount: 1,
    rollbackTested: true,
    approvedForProduction: false,
    report: 'runs/run-1/report.html',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(reportOf(run)).toMatchObject({
    outcome: 'signed off with exceptions',
    cause: null,
    purpose: 'notes of users',
  });
  expect(reportOf(run).boxes).toHaveLength(61);
  expect(Object.keys(run.store.texts())).toEqual(
    expect.arrayContaining(['runs/run-1/report.html', 'runs/run-1/report.md']),
  );
  expect(run.released).toEqual(['run-1']);
  expect(run.signedOff).toEqual([`run-1 ${signedOff.sha256}`]);
});

test.each([
  ['signed off', (run: Run) => signOff(run.input, run.ports)],
  ['closed', (run: Run) => closeRun({ ...run.input, ...closing() }, run.ports)],
])('a run that is %s twice, as after a crash, has one unbroken chain', async (_, end) => {
  const run = await anApprovedRun();
  await end(run);
  run.clock.advance(5);

  await end(run);

  expect(await problemsOf(run)).toEqual([]);
});

test('a sign-off leaves its hash in the ledger, the mail to the team, the chat and the decision log, once, however often it is done', async () => {
  const run = await anApprovedRun();
  const { signOff: first } = await signOff(run.input, run.ports);
  run.clock.advance(60);

  const { signOff: again } = await signOff(run.input, run.ports);

  expect(again).toEqual(first);
  expect(new Set(run.signedOff)).toEqual(new Set([`run-1 ${first.sha256}`]));
  expect(run.mail.delivered).toEqual([
    expect.objectContaining({ to: 'team@example.org', text: expect.stringContaining(`--sha256 ${first.sha256}`) }),
  ]);
  expect(run.posted).toEqual([expect.stringContaining(first.sha256)]);
  expect(signOffIn(run.documents.texts.get('docs/decisions.md') ?? '', 'run-1')).toBe(first.sha256);
  expect(signOffIn(run.documents.texts.get('docs/decisions.md') ?? '', 'run-2')).toBeNull();
});

test('a report that cannot be made keeps a run from being signed off, and not from being closed', async () => {
  const [signed, closed] = [await anApprovedRun(), await anApprovedRun()];
  for (const { store } of [signed, closed]) await store.write('runs/run-1/migration.sql', 'SELECT 1;');

  await expect(signOff(signed.input, signed.ports)).rejects.toThrow(/expected sha256/);
  await closeRun({ ...closed.input, ...closing({ failure }) }, closed.ports);

  expect(signed.signedOff).toEqual([]);
  expect(signed.released).toEqual(['run-1']);
  expect(readStored<EvidenceDocument>(closed.store, 'runs/run-1/close-run.json').findings).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('no report could be made: runs/run-1/migration.sql') }),
  );
});

test.each<[string, readonly LedgerEntry[], string]>([
  ['without a row in the ledger', [], 'the ledger has no row of run run-1'],
  ['with the row of another run only', [ledgerEntry({ runId: 'run-0' })], 'the ledger has no row of run run-1'],
  [
    'that was rolled back',
    [ledgerEntry({ rolledBackAt: '2026-11-22T09:30:00.000Z' })],
    'was rolled back on 2026-11-22T09:30:00.000Z',
  ],
])(
  'a run %s is not signed off: it has no report that says so, and does not go on holding the target',
  async (_, ledger, words) => {
    const run = await anApprovedRun({ ledger });

    const ending = signOff(run.input, run.ports);

    await expect(ending).rejects.toThrow(VerificationFailed);
    await expect(ending).rejects.toThrow(words);
    expect(run.store.texts()['runs/run-1/report.json']).toBeUndefined();
    expect(run.signedOff).toEqual([]);
    expect(run.released).toEqual(['run-1']);
  },
);

test('a database that cannot be asked is not taken for an empty ledger', async () => {
  const run = await anApprovedRun();
  const readLedger = () => Promise.reject(new DatabaseUnreachable('no answer'));

  const ending = signOff(run.input, {
    ...run.ports,
    database: fakePorts({ database: { ...run.database, readLedger } }).database,
  });

  await expect(ending).rejects.toThrow(DatabaseUnreachable);
  expect(run.store.texts()['runs/run-1/report.json']).toBeUndefined();
});

test.each([
  ['signed off', (run: Run) => signOff(run.input, run.ports)],
  ['closed', (run: Run) => closeRun({ ...run.input, ...closing() }, run.ports)],
])('what could not be tidied up when a run was %s stands among the findings of its report', async (_, end) => {
  const run = await anApprovedRun({ deleteBranch: () => Promise.reject(new Error('503')) });

  await end(run);

  expect(reportOf(run).findings).toEqual([
    { rule: 'left-behind', message: 'branch rehearsal-run-1 could not be removed: 503', line: null },
  ]);
  expect(run.released).toEqual(['run-1']);
});

test('a closed run says why, in its output and in its report', async () => {
  const run = await aRun({ ledger: [] });
  const before = { ...failure, committed: false };

  const { error, cause } = await closeRun({ ...run.input, ...closing({ failure: before }) }, run.ports);

  expect(error).toBe('VerificationFailed');
  expect(cause).toMatch(/^Step 9: Verify schema: an index is missing\. No statement of it was run/);
  expect(reportOf(run)).toMatchObject({ outcome: 'failed', cause });
  expect(readStored<EvidenceDocument>(run.store, 'runs/run-1/close-run.json').facts).toMatchObject({
    closing: { error, cause },
    failure: before,
    rollback: null,
    leftBehind: [],
  });
});

test.each([
  [{ outcome: 'failed', cause: 'a view depends on it' }, 'stands after a failed rollback'],
  [{ outcome: 'not approved' }, 'stands by decision'],
  [{ outcome: 'not answered' }, 'stands by decision'],
  [{ outcome: 'not asked' }, 'stands without a sign-off'],
  [{ outcome: 'rolled back and differs' }, 'rolled back, and differs'],
  [null, 'stands without a sign-off'],
] as const)('a run whose rollback is %j tells the ledger that its version %s', async (rollback, state) => {
  const run = await aRun();

  const { cause } = await closeRun({ ...run.input, ...closing({ failure, rollback }) }, run.ports);

  expect(run.ended).toEqual([{ runId: 'run-1', state, reason: cause }]);
});

test.each([
  ['was rolled back', closing({ failure, rollback: { outcome: 'rolled back' } })],
  ['failed before its commit', closing({ failure: { ...failure, committed: false } })],
])('a run that %s tells the ledger nothing more', async (_, input) => {
  const run = await aRun();

  await closeRun({ ...run.input, ...input }, run.ports);

  expect(run.ended).toEqual([]);
});

test('a run is closed although the ledger cannot be told, and its report says so', async () => {
  const run = await aRun();
  const recordEnd = () => Promise.reject(new DatabaseUnreachable('no answer'));
  const ports = { ...run.ports, database: fakePorts({ database: { ...run.database, recordEnd } }).database };

  await closeRun({ ...run.input, ...closing({ failure }) }, ports);

  expect(reportOf(run).findings.map(({ message }) => message)).toEqual([
    'how the run ended could not be written into the ledger: no answer',
  ]);
  expect(run.released).toEqual(['run-1']);
});

test('closing finds the evidence of a state that failed, which nobody could hand on', async () => {
  const run = await aRun();
  const failed = document('02-schema-validation', { error: { name: 'E', message: 'm' } });
  await writeJson(run.store, 'runs/run-1/02-schema-validation.json', {
    ...failed,
    previous: [run.input.previous[0]?.sha256],
  });

  await closeRun({ ...run.input, ...closing({ failure }) }, run.ports);

  expect(await problemsOf(run)).toEqual([]);
});

test('a branch that was made is taken away although the execution never heard of it', async () => {
  const removed: string[] = [];
  const run = await aRun({
    deleteBranch: async (branchId) => {
      removed.push(branchId);
    },
  });
  const { input } = await cameTo(run, '04-environment-check');
  const facts = { branch: { branchId: 'br-9', name: 'rehearsal-run-1' } };
  await writeDocument(run.store, input.written, 'create-branch', ['04-environment-check'], { facts });

  await closeRun({ ...run.input, ...input, branch: null, ...closing({ failure }) }, run.ports);

  expect(removed).toEqual(['br-9']);
});

test('a run that has no branch is closed all the same', async () => {
  const run = await aRun({ deleteBranch: () => Promise.reject(new Error('there is none')) });

  await closeRun({ ...run.input, branch: null, ...closing() }, run.ports);

  expect(reportOf(run).findings).toEqual([]);
});

test('what the rollback could not undo is told, and not called a schema as before', async () => {
  const run = await aRun();
  const differences = ['~ TYPE public.mood: labels'];
  const { input } = await cameTo(run, '09-verify-schema');
  await writeDocument(run.store, input.written, 'approve-rollback', ['09-verify-schema']);
  await writeDocument(run.store, input.written, 'roll-back', ['approve-rollback']);
  const facts = { verdict: 'irreversible by design', differences };
  const verified = await writeDocument(run.store, input.written, 'verify-rollback', ['roll-back'], { facts });

  const { cause } = await closeRun(
    { ...run.input, previous: [verified], ...closing({ failure, rollback: { outcome: 'rolled back' } }) },
    run.ports,
  );

  expect(cause).toContain(
    'the same as before except for what does no harm or cannot be undone: ~ TYPE public.mood: labels.',
  );
});

test('a report is written even when the database cannot be asked', async () => {
  const run = await aRun();
  const readLedger = () => Promise.reject(new DatabaseUnreachable('no answer'));
  const ports = { ...run.ports, database: fakePorts({ database: { ...run.database, readLedger } }).database };

  await closeRun({ ...run.input, ...closing({ failure }) }, ports);

  expect(reportOf(run)).toMatchObject({ outcome: 'failed', signOff: { appliedBy: null } });
});

test('of states that work beside each other the one that failed is named', async () => {
  const run = await aRun();
  const cause = 'statement 2 (line 5): no space left';
  const { input } = await cameTo(run, 'create-branch');
  await writeDocument(run.store, input.written, '06-dry-run', ['create-branch'], {
    title: 'Step 6: Dry run',
    error: { name: 'StatementFailed', message: cause },
  });
  const inGroup = { state: 'Prepare', error: 'StatementFailed', cause, committed: false };

  const closed = await closeRun({ ...run.input, ...input, ...closing({ failure: inGroup }) }, run.ports);

  expect(closed.cause).toMatch(/^Step 6: Dry run: statement 2 \(line 5\): no space left\./);
});

test('what a state beside the one that failed leaves while the run is being closed is part of its chain', async () => {
  let write = async () => undefined as unknown;
  let deleted = 0;
  const run = await aRun({
    deleteBranch: async () => {
      deleted += 1;
      if (deleted === 1) await write();
    },
  });
  const [opened] = (await readEvidenceWithRefs(run.store, 'run-1')).filter(
    ({ document: { name } }) => name === '00-open-run',
  );
  const late = document('02-schema-validation', {
    previous: [opened?.ref.sha256 ?? ''],
    finishedAt: '2026-11-22T08:00:03.000Z',
  });
  write = () => writeJson(run.store, 'runs/run-1/02-schema-validation.json', late);

  await closeRun({ ...run.input, ...closing({ failure }) }, run.ports);

  expect(deleted).toBe(2);
  expect(await problemsOf(run)).toEqual([]);
});
