import { ChecksumMismatch, StatementFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import {
  evidenceOfStep,
  readEarlierEvidence,
  readEvidence,
  readEvidenceWithRefs,
  recordEvidence,
} from '#lambdas/record/evidence';
import { readReferenced, writeJson } from '#lambdas/record/json';
import { withEvidence, withStepEvidence } from '#lambdas/record/with-evidence';
import { pin, readStored } from '#test/support/a-run';
import { document } from '#test/support/documents';
import { fakeClock, memoryStore } from '#test/support/fake-ports';

const key = 'runs/run-1/state.json';
const state = { name: 'state', title: 'State' };
const input = { run: { runId: 'run-1' }, previous: [{ key: 'runs/run-1/before.json', sha256: 'aa' }] };

const opened = () => ({ store: memoryStore(), clock: fakeClock() });

test('what a state noted becomes its document, with times, and the reference is to its bytes', async () => {
  const ports = opened();

  const { evidence, value } = await withEvidence(ports, state, input, async (notes) => {
    notes.prove('1.2', 'the name is parsed', { version: '002' });
    notes.fail('1.5', 'no comment');
    notes.notApplicable('1.7', 'no foreign key');
    notes.leaveOpen('1.1', 'no pull request');
    notes.find({ rule: 'r', message: 'm', line: 1 });
    notes.fact('statements', 2);
    ports.clock.advance(3);
    return { value: 7 };
  });

  expect(value).toBe(7);
  expect(evidence).toEqual({ key, sha256: sha256Of(ports.store.texts()[key] ?? '') });
  expect(readStored<EvidenceDocument>(ports.store, key)).toEqual({
    format: 1,
    runId: 'run-1',
    name: 'state',
    title: 'State',
    previous: ['aa'],
    error: null,
    startedAt: '2026-11-22T08:00:00.000Z',
    finishedAt: '2026-11-22T08:00:03.000Z',
    boxes: [
      { box: '1.2', answer: 'proved', reason: 'the name is parsed', facts: { version: '002' } },
      { box: '1.5', answer: 'failed', reason: 'no comment' },
      { box: '1.7', answer: 'not applicable', reason: 'no foreign key' },
      { box: '1.1', answer: 'open', reason: 'no pull request' },
    ],
    findings: [{ rule: 'r', message: 'm', line: 1 }],
    facts: { statements: 2 },
  });
});

test('a state that fails leaves what it noted until then, and its error', async () => {
  const ports = opened();
  const error = new StatementFailed('no such table', { sqlState: '42P01', line: 3, statement: 0 });

  const failing = withEvidence(ports, state, input, async (notes) => {
    notes.prove('1.2', 'the name is parsed');
    throw error;
  });

  await expect(failing).rejects.toBe(error);
  expect(readStored<EvidenceDocument>(ports.store, key)).toMatchObject({
    error: { name: 'StatementFailed', message: 'no such table' },
    boxes: [{ box: '1.2', answer: 'proved' }],
  });
});

test('the last answer of a box stands, taken or given', async () => {
  const ports = opened();

  await withEvidence(ports, state, input, async (notes) => {
    notes.prove('1.2', 'first');
    notes.take([{ box: '1.2', answer: 'failed', reason: 'second' }]);
    return {};
  });

  expect(readStored<EvidenceDocument>(ports.store, key).boxes).toEqual([
    { box: '1.2', answer: 'failed', reason: 'second' },
  ]);
});

test('work that is expected to prove boxes fails them when it throws, and only then', async () => {
  const ports = opened();

  await withEvidence(ports, state, input, async (notes) => {
    expect(await notes.expecting(['6.1'], async () => 'done')).toBe('done');
    await expect(
      notes.expecting(['5.1', '5.2'], async () => {
        throw new Error('disk full');
      }),
    ).rejects.toThrow('disk full');
    return {};
  });

  expect(readStored<EvidenceDocument>(ports.store, key).boxes).toEqual([
    { box: '5.1', answer: 'failed', reason: 'disk full' },
    { box: '5.2', answer: 'failed', reason: 'disk full' },
  ]);
});

test('an answer to a box that does not exist is a defect that nobody stores', async () => {
  const ports = opened();
  const withUnknown = document('state', { boxes: [{ box: '17.1', answer: 'proved', reason: 'x' }] });

  expect(() => recordEvidence(ports, withUnknown)).toThrow('no box 17.1');
  expect(ports.store.texts()).toEqual({});
});

test('a step writes under its own name', async () => {
  const ports = opened();

  const { evidence } = await withStepEvidence(ports, 5, { run: await pin(), previous: [] }, async () => ({}));

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

const finishedAt = (second: number) => `2026-11-22T08:00:0${second}.000Z`;

test('the evidence of a run is read in the order in which it was finished', async () => {
  const { store } = opened();
  for (const [name, second] of [
    ['c', 1],
    ['a', 3],
    ['b', 2],
  ] as const)
    await writeJson(store, `runs/run-1/${name}.json`, document(name, { finishedAt: finishedAt(second) }));

  const found = await readEvidenceWithRefs(store, 'run-1');

  expect(found.map(({ document: { name } }) => name)).toEqual(['c', 'b', 'a']);
  expect(found[0]?.ref).toEqual({
    key: 'runs/run-1/c.json',
    sha256: sha256Of(store.texts()['runs/run-1/c.json'] ?? ''),
  });
  expect((await readEvidence(store, 'run-1')).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('only documents of evidence are read: no pin, no report, no artifact, no other run, nothing broken', async () => {
  const { store } = opened();
  await writeJson(store, 'runs/run-1/a.json', document('a'));
  await writeJson(store, 'runs/run-1/run.json', await pin());
  await writeJson(store, 'runs/run-1/report.json', { ...document('report') });
  await writeJson(store, 'runs/run-1/artifacts/b.json', document('b'));
  await writeJson(store, 'runs/run-10/c.json', document('c'));
  await store.write('runs/run-1/d.json', '{"format": 1,');
  await store.write('runs/run-1/e.json', 'null');

  expect((await readEvidence(store, 'run-1')).map(({ name }) => name)).toEqual(['a']);
});

test('a state that runs again does not find its own earlier document', async () => {
  const { store } = opened();
  for (const name of ['a', 'sign-off']) await writeJson(store, `runs/run-1/${name}.json`, document(name));

  expect((await readEarlierEvidence(store, 'run-1', 'sign-off')).map(({ document: { name } }) => name)).toEqual(['a']);
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
  const ports = opened();

  const late = withEvidence(ports, state, input, async () => {
    await closeMeanwhile(ports);
    return end();
  });

  await expect(late).rejects.toMatchObject({
    name: 'MigrationRefused',
    message: expect.stringContaining('run run-1 was closed and cannot go on (VerificationFailed: The dry run failed.)'),
  });
  expect(Object.keys(ports.store.texts())).toEqual(['runs/run-1/close-run.json']);
});
