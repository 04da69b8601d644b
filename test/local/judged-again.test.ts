/** Whoever may write every object of a run forges an answer and makes the whole chain anew: no hash shows it, the facts do. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { verifyChain } from '#domain/evidence/chain';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { readEvidenceWithRefs } from '#lambdas/record/evidence';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { memoryStore } from '#test/support/fake-ports';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { documentsIn, type Objects, rechain } from '#test/support/rechain';

type Run = { readonly runId: string; readonly objects: Objects };

const objectsOf = async ({ ports: { store } }: Runtime): Promise<Objects> => {
  const keys = await store.list('');
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, await store.read(key)] as const)),
  ) as Objects;
};

let run: Run;

beforeAll(() =>
  withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      const { runId } = await startRun(runtime, '001_create_jobs.sql');
      run = { runId, objects: await objectsOf(runtime) };
    }),
  ),
);

const verify = async (objects: Objects) => {
  const store = memoryStore(objects);
  const chain = verifyChain(await readEvidenceWithRefs(store, run.runId));
  return { chain, ...(await verifyEvidence(store, run.runId, null)) };
};

const edited = (name: string, edit: (document: EvidenceDocument) => EvidenceDocument) =>
  rechain(run.objects, (document) => (document.name === name ? edit(document) : document));

const forged = (answer: BoxAnswer): BoxAnswer => ({
  ...answer,
  answer: answer.answer === 'proved' ? 'failed' : 'proved',
});

test('the run itself is judged again to the letter', async () => {
  const { problems, answers, notJudged } = await verify(run.objects);

  expect(problems).toEqual([]);
  expect(answers).toBeGreaterThan(61);
  expect(notJudged).toEqual([]);
});

test('every answer that was changed is named with what follows from its facts, although the chain is whole', async () => {
  const answering = documentsIn(run.objects).filter(({ document }) => document.boxes.length > 0);
  expect(answering.length).toBeGreaterThan(15);

  for (const { key, document } of answering) {
    const { chain, problems } = await verify(
      edited(document.name, (one) => ({ ...one, boxes: one.boxes.map(forged) })),
    );

    expect(chain).toEqual([]);
    expect(problems).toHaveLength(document.boxes.length);
    for (const { box } of document.boxes)
      expect(problems).toContainEqual(
        expect.stringMatching(
          new RegExp(`^${key}: box ${box.replace('.', '\\.')} is answered ".*from its facts follows`, 's'),
        ),
      );
    expect(problems.join('\n')).toContain(document.boxes[0]?.reason);
  }
});

test('a reason, a figure, a box too many and a box too few are named as well', async () => {
  const reworded = edited('06-dry-run', (document) => ({
    ...document,
    boxes: document.boxes.map((answer) => (answer.box === '6.2' ? { ...answer, reason: 'all is well' } : answer)),
  }));
  const refigured = edited('06-dry-run', (document) => ({
    ...document,
    boxes: document.boxes.map((answer) => (answer.box === '6.2' ? { ...answer, facts: { durationMs: 0 } } : answer)),
  }));
  const more = edited('create-branch', (document) => ({
    ...document,
    boxes: [{ box: '12.3', answer: 'proved', reason: 'no error' }],
  }));
  const fewer = edited('10-test-constraints', (document) => ({ ...document, boxes: document.boxes.slice(1) }));

  expect((await verify(reworded)).problems).toEqual([
    expect.stringContaining('box 6.2 is answered "proved: all is well"'),
  ]);
  expect((await verify(refigured)).problems).toEqual([expect.stringContaining('box 6.2')]);
  expect((await verify(more)).problems).toEqual([
    expect.stringContaining('box 12.3 is answered "proved: no error", but no answer'),
  ]);
  expect((await verify(fewer)).problems).toEqual([
    expect.stringContaining('box 10.1 is not answered, but its facts give'),
  ]);
});

test('a fact that was changed changes what follows', async () => {
  const untrue = edited('05-backup-database', (document) => ({
    ...document,
    facts: { ...document.facts, restore: { comparison: null, message: 'cut', wasCutOff: false } },
  }));

  const { problems } = await verify(untrue);

  expect(problems).toEqual([expect.stringContaining('but its facts give "failed: the restore did not finish: cut"')]);
});

test('what a fact refers to is part of it: a catalog that was changed is named', async () => {
  const key = `runs/${run.runId}/artifacts/catalog-after-down.json`;
  const { problems } = await verify({ ...run.objects, [key]: Buffer.from('{"objects": []}\n') });

  expect(problems).toContainEqual(expect.stringContaining('13-test-rollback.json: its facts cannot be judged'));
  expect(problems).toContainEqual(`${key} was changed after the run`);
});

test('a document cannot be spared by giving it an older format, or a name that the workflow does not know', async () => {
  const older = edited('06-dry-run', (document) => ({ ...document, format: 1, boxes: document.boxes.map(forged) }));
  const renamed = edited('06-dry-run', (document) => ({ ...document, name: '06-wet-run' }));

  expect((await verify(older)).problems).toEqual([expect.stringContaining('06-dry-run.json has format 1 and other')]);
  expect((await verify(renamed)).problems).toContainEqual(
    expect.stringContaining('answers boxes, and no state of the workflow is named 06-wet-run'),
  );
});

test('another version may have used other words, but not given another answer', async () => {
  const byAnother = (edit: (answer: BoxAnswer) => BoxAnswer) =>
    edited('06-dry-run', (document) => ({
      ...document,
      version: '0.1.9',
      boxes: document.boxes.map((answer) => (answer.box === '6.2' ? edit(answer) : answer)),
    }));

  expect(await verify(byAnother((answer) => ({ ...answer, reason: 'all is well' })))).toMatchObject({
    problems: [],
    reworded: 1,
  });
  expect(await verify(byAnother(forged))).toMatchObject({
    problems: [expect.stringContaining('box 6.2 is answered')],
    reworded: 0,
  });
});
