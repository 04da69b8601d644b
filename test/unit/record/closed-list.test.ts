/** Which evidence counts, and what is named because it does not. */
import type { DocumentName } from '#domain/boxes/facts';
import { EvidenceUnknown } from '#domain/errors';
import { type ClosedList, readClosedList, requireClosedList } from '#lambdas/record/closed-list';
import { toJson } from '#lambdas/record/json';
import { artifactKeys, documentKey } from '#lambdas/record/keys';
import { answer, document } from '#test/support/documents';
import { type MemoryStore, memoryStore } from '#test/support/fake-ports';
import { beforeOf, straightWay, type Written, writeDocument, writeUpTo } from '#test/support/run-in-store';

const runId = 'run-1';

const refsOf = (written: Written, names: readonly DocumentName[]) =>
  names.map((name) => ({ sha256: written.get(name)?.sha256 ?? '' }));

const readAs = (
  store: MemoryStore,
  written: Written,
  name: DocumentName,
  before: readonly DocumentName[],
): Promise<ClosedList> => readClosedList(store, { runId, name, previous: refsOf(written, before) });

const namesIn = ({ evidence }: ClosedList) => evidence.map(({ document: { name } }) => name);

test('every state of a run that goes well sees all that the states before it have left, and nothing strange', async () => {
  for (const name of straightWay.slice(1)) {
    const store = memoryStore();
    const index = straightWay.indexOf(name);
    const written = await writeUpTo(store, straightWay[index - 1] ?? name);

    const listed = await readAs(store, written, name, beforeOf(name));

    expect(listed.strange).toEqual([]);
    for (const before of beforeOf(name)) expect(namesIn(listed)).toContain(before);
  }
});

/** While the review waits for its approval. */
const reviewed = async () => {
  const store = memoryStore();
  return { store, written: await writeUpTo(store, '03-impact-analysis') };
};

const asApproval = async ({ store, written }: Awaited<ReturnType<typeof reviewed>>) =>
  readAs(store, written, 'approve-review', beforeOf('approve-review'));

test.each([
  ['98-extra.json'],
  ['x.txt'],
  ['foo.JSON'],
  ['.hidden'],
  ['05-backup-database.json.bak'],
  ['artifacts/x.json'],
  ['artifacts/catalog-at-review-zzzz.json'],
  ['approvals/extra.json'],
  ['notes/readme.md'],
  ['01-code-review'],
])('a file named %s is no file of a run', async (name) => {
  const run = await reviewed();
  await run.store.write(`runs/run-1/${name}`, '{}');

  const { strange, evidence } = await asApproval(run);

  expect(strange).toEqual([`runs/run-1/${name} is no file of a run`]);
  expect(evidence).toHaveLength(4);
});

test('a document under an unknown name with boxes that are "proved" is not counted', async () => {
  const run = await reviewed();
  const forged = document('98-extra', {
    previous: [run.written.get('03-impact-analysis')?.sha256 ?? ''],
    boxes: [answer('1.1'), answer('2.1'), answer('3.3')],
  });
  await run.store.write('runs/run-1/98-extra.json', JSON.stringify(forged));

  const listed = await asApproval(run);

  expect(listed.strange).toEqual(['runs/run-1/98-extra.json is no file of a run']);
  expect(listed.evidence.flatMap(({ document: { boxes } }) => boxes)).toEqual([]);
});

test.each<[DocumentName, readonly DocumentName[], RegExp]>([
  // The name of a state that comes later, behind what is there.
  ['05-backup-database', ['03-impact-analysis'], /05-backup-database\.json follows .*03-impact.*has no such way$/],
  ['16-monitor', [], /16-monitor\.json follows no other document/],
  ['04-environment-check', ['03-impact-analysis'], /no such way$/],
  ['sign-off', ['03-impact-analysis'], /sign-off\.json is named by no state of this run$/],
])('a document of %s that was put there before its state ran is not counted', async (name, before, words) => {
  const run = await reviewed();
  await writeDocument(run.store, run.written, name, before);

  const listed = await asApproval(run);

  expect(listed.strange).toEqual([expect.stringMatching(words)]);
  expect(namesIn(listed)).not.toContain(name);
});

test('a whole chain of documents that were put there behind the last one is not counted', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '09-verify-schema');

  const listed = await readAs(store, written, '04-environment-check', ['approve-review']);

  expect(namesIn(listed)).toHaveLength(5);
  expect(listed.strange).toHaveLength(
    straightWay.indexOf('09-verify-schema') - straightWay.indexOf('04-environment-check'),
  );
});

test('what a state wrote is strange while the state has not run, whatever its key', async () => {
  const run = await reviewed();
  const keys = [
    artifactKeys(runId).catalog('before'),
    artifactKeys(runId).catalog('applied'),
    'runs/run-1/report.json',
    'runs/run-1/approvals/apply.decision.json',
  ];
  for (const key of keys) await run.store.write(key, '{}');

  const { strange } = await asApproval(run);

  expect([...strange].sort()).toEqual(
    keys.map((key) => `${key} lies there before the state that writes it has run`).sort(),
  );
});

test.each<[string, string]>([
  ['changed', '{"format": 1}'],
  ['of another run', JSON.stringify(document('01-code-review', { runId: 'run-2' }))],
  ['under the name of another', JSON.stringify(document('02-schema-validation'))],
  ['no JSON', '{'],
])('a document that is %s is missed by its hash, and named', async (_, text) => {
  const run = await reviewed();
  await run.store.write(documentKey(runId, '01-code-review'), text);

  const { missing, strange } = await asApproval(run);

  expect(missing).toEqual([run.written.get('01-code-review')?.sha256]);
  expect(strange).toContainEqual(expect.stringContaining('runs/run-1/01-code-review.json'));
});

test('a document answers its own boxes only, an approval those that its stage asks for', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '02-schema-validation');
  await writeDocument(store, written, '03-impact-analysis', ['00-open-run'], { boxes: [answer('3.1'), answer('1.1')] });
  await writeDocument(store, written, 'approve-review', beforeOf('approve-review'), {
    boxes: [answer('1.1', 'attested'), answer('6.3', 'attested')],
  });

  const listed = await readAs(store, written, '04-environment-check', ['approve-review']);

  expect(listed.strange).toEqual([
    'runs/run-1/03-impact-analysis.json answers box 1.1, which is not one of its own',
    'runs/run-1/approve-review.json answers box 6.3, which is not one of its own',
  ]);
  expect(listed.evidence.flatMap(({ document: { boxes } }) => boxes.map(({ box }) => box))).toEqual(['3.1', '1.1']);
});

test('a state that runs again sees neither its own document and files nor those beside it as strange', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '13-test-rollback');
  for (const moment of ['before', 'after-up', 'after-down'] as const)
    await store.write(artifactKeys(runId).catalog(moment), '{}');

  for (const name of ['05-backup-database', '13-test-rollback'] as const) {
    const listed = await readAs(store, written, name, beforeOf(name));

    expect(listed.strange).toEqual([]);
    expect(namesIn(listed)).not.toContain(name);
  }
});

const error = { name: 'OutcomeUnknown', message: 'the answer did not come' };

test('the document of a Step 8 whose outcome was asked of the ledger counts from there on', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '07-connect');
  await writeDocument(store, written, '08-apply-migration', ['07-connect'], { error });
  const asked = await readAs(store, written, '08-establish-outcome', ['07-connect']);
  await writeDocument(store, written, '08-establish-outcome', ['07-connect']);
  const after = await readAs(store, written, '09-verify-schema', ['08-establish-outcome']);

  for (const listed of [asked, after]) {
    expect(listed.strange).toEqual([]);
    expect(namesIn(listed)).toContain('08-apply-migration');
  }
});

test('on the way back what the failed state and those beside it have left counts, and nothing that comes later', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '09-verify-schema');
  for (const name of ['10-test-constraints', '11-performance-check'] as const)
    await writeDocument(store, written, name, ['09-verify-schema'], { error });
  await writeDocument(store, written, '15-notify-team', ['11-performance-check']);

  const listed = await readAs(store, written, 'approve-rollback', ['09-verify-schema']);

  expect(namesIn(listed)).toEqual(expect.arrayContaining(['10-test-constraints', '11-performance-check']));
  expect(listed.strange).toEqual([expect.stringContaining('15-notify-team.json follows')]);
});

test('the way back goes on beside a file that somebody dropped, and stops over evidence that was changed', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '09-verify-schema');
  const reader = { runId, name: 'approve-rollback', previous: refsOf(written, ['09-verify-schema']) } as const;
  await store.write('runs/run-1/x.txt', 'dropped');

  expect(await requireClosedList(store, reader)).toHaveLength(14);

  await store.write(documentKey(runId, '06-dry-run'), '{}');
  await expect(requireClosedList(store, reader)).rejects.toThrow(EvidenceUnknown);
});

test('whoever closes a run whose execution was stopped is handed nothing, and follows the documents from the first one on', async () => {
  const store = memoryStore();
  const written = await writeUpTo(store, '06-dry-run');
  await store.write(
    documentKey(runId, '09-verify-schema'),
    toJson(document('09-verify-schema', { previous: ['f00d'] })),
  );

  const listed = await readClosedList(store, { runId, name: 'close-run', previous: null });

  expect(namesIn(listed)).toEqual([...written.keys()]);
  expect(listed.strange).toEqual(['runs/run-1/09-verify-schema.json is named by no state of this run']);
});

test('a file beside the dump stops the next state, as one in the folder does', async () => {
  const run = await reviewed();
  await run.store.write('backups/run-1/run.json', '{}');
  const reader = { runId, name: 'approve-review', previous: refsOf(run.written, beforeOf('approve-review')) } as const;

  await expect(requireClosedList(run.store, reader)).rejects.toThrow('backups/run-1/run.json is no file of a run');

  await run.store.remove('backups/run-1/run.json');
  await run.store.write('backups/run-1/backup.sql.gz', 'before the state that makes it has run');
  await expect(requireClosedList(run.store, reader)).rejects.toThrow('backups/run-1/backup.sql.gz lies there before');
});

test('a state is told what is strange, by name, with what to do', async () => {
  const run = await reviewed();
  await run.store.write('runs/run-1/x.txt', '');

  const required = requireClosedList(run.store, {
    runId,
    name: 'approve-review',
    previous: refsOf(run.written, beforeOf('approve-review')),
  });

  await expect(required).rejects.toThrow(EvidenceUnknown);
  await expect(required).rejects.toThrow(
    'the evidence of run run-1 is not what its states have left: runs/run-1/x.txt is no file of a run. Find out who wrote there, then start a new run.',
  );
});
