import { backupDatabase } from '#domain/boxes/05-backup-database';
import { verifySchema } from '#domain/boxes/09-verify-schema';
import { updateDocumentation } from '#domain/boxes/14-update-documentation';
import type { DocumentName } from '#domain/boxes/facts';
import { ChecksumMismatch, StatementFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import type { BoxId } from '#lambdas/checklist';
import { evidenceOfStep, recordEvidence } from '#lambdas/record/evidence';
import { readReferenced, writeJson, writeKept } from '#lambdas/record/json';
import { withEvidence, withStepEvidence } from '#lambdas/record/with-evidence';
import { version } from '#lambdas/version';
import { pin, readStored } from '#test/support/a-run';
import { answer, document, ledgerEntry } from '#test/support/documents';
import { fakeClock, memoryStore } from '#test/support/fake-ports';
import { beforeOf, straightWay, writeUpTo } from '#test/support/run-in-store';

const documentationKey = 'runs/run-1/14-update-documentation.json';
const state = { name: 'create-branch', title: 'Create branch' } as const;

const opened = () => ({ store: memoryStore(), clock: fakeClock() });

/** A run that has come to this state, and what the state is handed. */
const cameTo = async (name: DocumentName) => {
  const ports = opened();
  const written = await writeUpTo(ports.store, straightWay[straightWay.indexOf(name) - 1] ?? name);
  const previous = beforeOf(name).flatMap((one) => written.get(one) ?? []);
  return { ports, input: { run: { runId: 'run-1' }, previous } };
};

test('what a state put down becomes its document, judged, with times, and the reference is to its bytes', async () => {
  const { ports, input } = await cameTo('14-update-documentation');

  const { evidence, value } = await withStepEvidence(ports, 14, updateDocumentation, input, async (facts) => {
    facts.put('runId', 'run-1');
    facts.put('version', '002');
    facts.put('entry', null);
    expect(await facts.observe('decisionLog', async () => 'docs/decisions.md')).toBe('docs/decisions.md');
    facts.find({ rule: 'r', message: 'm', line: 1 });
    ports.clock.advance(3);
    return { value: 7 };
  });

  expect(value).toBe(7);
  expect(evidence).toEqual({ key: documentationKey, sha256: sha256Of(ports.store.texts()[documentationKey] ?? '') });
  expect(readStored<EvidenceDocument>(ports.store, documentationKey)).toEqual({
    format: 2,
    version,
    runId: 'run-1',
    name: '14-update-documentation',
    title: 'Step 14: Update documentation',
    previous: input.previous.map(({ sha256 }) => sha256),
    error: null,
    startedAt: '2026-11-22T08:00:00.000Z',
    finishedAt: '2026-11-22T08:00:03.000Z',
    boxes: [
      {
        box: '14.1',
        answer: 'proved',
        reason: 'entry written to docs/decisions.md',
        facts: { location: 'docs/decisions.md' },
      },
      { box: '14.3', answer: 'failed', reason: 'the ledger has no row of run run-1' },
    ],
    findings: [{ rule: 'r', message: 'm', line: 1 }],
    facts: { runId: 'run-1', version: '002', entry: null, decisionLog: 'docs/decisions.md' },
  });
});

test('a state that fails leaves what it put down until then and its error, and fails the boxes of what was under way', async () => {
  const { ports, input } = await cameTo('14-update-documentation');
  const error = new StatementFailed('no such table', { sqlState: '42P01', line: 3, statement: 0 });

  const failing = withStepEvidence(ports, 14, updateDocumentation, input, async (facts) => {
    facts.put('runId', 'run-1');
    facts.put('entry', ledgerEntry());
    await facts.observe('decisionLog', () => Promise.reject(error));
    return {};
  });

  await expect(failing).rejects.toBe(error);
  expect(readStored<EvidenceDocument>(ports.store, documentationKey)).toMatchObject({
    error: { name: 'StatementFailed', message: 'no such table' },
    underWay: ['decisionLog'],
    // The schema page was not come to.
    boxes: [
      { box: '14.1', answer: 'failed', reason: 'no such table' },
      { box: '14.3', answer: 'proved' },
    ],
  });
});

test('a fact larger than a page is a reference in the document, and read for the judge', async () => {
  const { ports, input } = await cameTo('09-verify-schema');

  await withStepEvidence(ports, 9, verifySchema, input, async (facts) => {
    const empty = async () => writeKept(ports.store, 'empty.json', { objects: [] });
    expect(await facts.keep('catalogBefore', empty)).toEqual({ objects: [] });
    facts.putKept('catalogRehearsed', await empty());
    await facts.keep('catalogApplied', empty);
    return {};
  });

  const { boxes, facts } = readStored<EvidenceDocument>(ports.store, 'runs/run-1/09-verify-schema.json');
  const sha256 = sha256Of(ports.store.texts()['empty.json'] ?? '');
  expect(facts['catalogBefore']).toEqual({ artifact: { key: 'empty.json', sha256 }, form: 'json' });
  expect(boxes).toHaveLength(5);
});

test('an answer to a box that does not exist is a defect that nobody stores', async () => {
  const ports = opened();
  const withUnknown = document('state', { boxes: [{ ...answer('1.1'), box: '17.1' as BoxId }] });

  expect(() => recordEvidence(ports, withUnknown)).toThrow('no box 17.1');
  expect(ports.store.texts()).toEqual({});
});

test('a step writes under its own name', async () => {
  const ports = opened();

  const { evidence } = await withStepEvidence(
    ports,
    5,
    backupDatabase,
    { run: await pin(), previous: [] },
    async () => ({}),
  );

  expect(evidence.key).toBe('runs/run-1/05-backup-database.json');
  expect(evidenceOfStep(5)).toEqual({ name: '05-backup-database', title: 'Step 5: Back up database' });
});

test('a reference reads what it was made of', async () => {
  const { store } = opened();

  expect(await readReferenced(store, await writeJson(store, 'a.json', { b: 1 }))).toEqual({ b: 1 });
});

test.each([
  ['changed', async (store: ReturnType<typeof memoryStore>) => store.write('a.json', '{}')],
  ['removed', async (store: ReturnType<typeof memoryStore>) => store.remove('a.json')],
])('a reference to what was %s is refused with both hashes', async (_, spoil) => {
  const { store } = opened();
  const ref = await writeJson(store, 'a.json', { b: 1 });
  await spoil(store);

  const reading = readReferenced(store, ref);

  await expect(reading).rejects.toThrow(ChecksumMismatch);
  await expect(reading).rejects.toThrow(`expected sha256 ${ref.sha256}`);
});

const closeMeanwhile = (ports: ReturnType<typeof opened>) =>
  writeJson(
    ports.store,
    'runs/run-1/close-run.json',
    document('close-run', { facts: { closing: { error: 'VerificationFailed', cause: 'The dry run failed.' } } }),
  );

test.each([
  ['succeeds', async () => ({})],
  ['fails', () => Promise.reject(new Error('the branch is gone'))],
])('a state beside one that has closed the run adds nothing to it when it %s', async (_, end) => {
  const { ports, input } = await cameTo('create-branch');

  const late = withEvidence(ports, state, input, async () => {
    await closeMeanwhile(ports);
    return end();
  });

  await expect(late).rejects.toMatchObject({
    name: 'MigrationRefused',
    message: expect.stringContaining('run run-1 was closed and cannot go on (VerificationFailed: The dry run failed.)'),
  });
  expect(Object.keys(ports.store.texts())).toContain('runs/run-1/close-run.json');
  expect(Object.keys(ports.store.texts())).not.toContain('runs/run-1/create-branch.json');
});

test('facts that no judge can take do not hide what the state failed of', async () => {
  const { ports, input } = await cameTo('14-update-documentation');
  const error = new StatementFailed('no such table', { sqlState: '42P01', line: 3, statement: 0 });

  const failing = withStepEvidence(ports, 14, updateDocumentation, input, async (facts) => {
    facts.put('runId', 'run-1');
    facts.put('entry', 7 as never);
    facts.put('written', {} as never);
    facts.put('version', null as never);
    facts.put('decisionLog', null as never);
    facts.put('schemaPage', null as never);
    throw error;
  });

  await expect(failing).rejects.toBe(error);
  expect(readStored<EvidenceDocument>(ports.store, documentationKey).error).toEqual({
    name: 'StatementFailed',
    message: 'no such table',
  });
});
