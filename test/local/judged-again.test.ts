/** Whoever may write every object of a run forges an answer and makes the whole chain anew: no hash shows it, the facts do. */
import { ownMethod } from '#adapters/postgres/backup/compression';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { verifyChain } from '#domain/evidence/chain';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { readEvidenceWithRefs } from '#test/support/evidence-of-run';
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

/** What any change is found by: signatures, and the report that follows. Here it is asked what the facts say alone. */
const foundAnyway = / is not believed: | is not the report that follows from /;

const verify = async (objects: Objects) => {
  const store = memoryStore(objects);
  const chain = verifyChain(await readEvidenceWithRefs(store, run.runId));
  const verification = await verifyEvidence(store, run.runId, null);
  return {
    chain,
    ...verification,
    problems: verification.problems.filter((problem) => !foundAnyway.test(problem)),
    isFoundAnyway: verification.problems.some((problem) => foundAnyway.test(problem)),
  };
};

const edited = (name: string, edit: (document: EvidenceDocument) => EvidenceDocument) =>
  rechain(run.objects, (document) => (document.name === name ? edit(document) : document));

const forged = (answer: BoxAnswer): BoxAnswer => ({
  ...answer,
  answer: answer.answer === 'proved' ? 'failed' : 'proved',
});

test('the run itself is judged again to the letter', async () => {
  const { problems, isFoundAnyway, answers, notJudged } = await verify(run.objects);

  expect({ problems, isFoundAnyway }).toEqual({ problems: [], isFoundAnyway: false });
  expect(answers).toBeGreaterThan(61);
  expect(notJudged).toEqual([]);
});

test('every answer that was changed is named with what follows from its facts, although the chain is whole', async () => {
  const answering = documentsIn(run.objects).filter(({ document }) => document.boxes.length > 0);
  expect(answering.length).toBeGreaterThan(15);

  for (const { key, document } of answering) {
    const { chain, problems, isFoundAnyway } = await verify(
      edited(document.name, (one) => ({ ...one, boxes: one.boxes.map(forged) })),
    );

    expect({ chain, isFoundAnyway }).toEqual({ chain: [], isFoundAnyway: true });
    expect(problems).toHaveLength(document.boxes.length);
    for (const { box } of document.boxes)
      expect(problems).toContainEqual(
        expect.stringMatching(
          new RegExp(`^${key}: box ${box.replace('.', '\\.')} is answered ".*but its facts give`, 's'),
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
    expect.stringContaining('create-branch.json answers box 12.3, which is not one of its own'),
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

test('a picture that is not the one of the stored catalog and migration is named', async () => {
  const redrawn = edited('02-schema-validation', (document) => {
    const text = JSON.stringify(document.facts['diagram']);
    expect(text).toContain('"payload"');
    return { ...document, facts: { ...document.facts, diagram: JSON.parse(text.replace('"payload"', '"nothing"')) } };
  });

  expect((await verify(redrawn)).problems).toEqual([
    expect.stringContaining('02-schema-validation.json: the fact diagram is not what follows from migration'),
  ]);
});

const withFacts = (name: string, facts: EvidenceDocument['facts']) =>
  edited(name, (document) => ({ ...document, facts: { ...document.facts, ...facts } }));

test.each([
  ['06-dry-run', 'dataLoss', { grade: 'nothing lost', losses: [], notCompared: ['public.jobs'] }],
  ['06-dry-run', 'untouched', { equal: 99, rows: 99, differing: [], notCompared: [] }],
  ['06-dry-run', 'rows', { changed: ['public.jobs: 5 rows became 3'], notCompared: [] }],
  ['06-dry-run', 'assessed', []],
  ['06-dry-run', 'units', ['1 of 9']],
  ['13-test-rollback', 'dataLoss', { grade: 'lost', losses: [], notCompared: [] }],
  ['13-test-rollback', 'rows', { changed: [], notCompared: ['public.jobs'] }],
  ['13-test-rollback', 'restarts', [{ unit: 1, verdict: 'exact', told: [], rows: null }]],
  ['13-test-rollback', 'units', 2],
  ['04-environment-check', 'drift', ['+ TABLE public.theirs']],
  ['09-verify-schema', 'catalogFingerprint', 'c0de'],
])('%s: a forged %s does not stand beside what it follows from', async (name, fact, forgedFact) => {
  const { problems } = await verify(withFacts(name, { [fact]: forgedFact }));

  expect(problems).toEqual([expect.stringContaining(`${name}.json: the fact ${fact} is not what follows from `)]);
});

test.each([
  ['06-dry-run', 'contentsAfter', 'contents-before'],
  ['06-dry-run', 'catalogAfter', 'catalog-before'],
  ['13-test-rollback', 'contentsAfterDown', 'contents-before'],
  ['13-test-rollback', 'catalogAfterDown', 'catalog-before'],
  ['09-verify-schema', 'catalogApplied', 'catalog-after-up'],
])('%s: %s that refers to another moment is named, although that is whole', async (name, fact, moment) => {
  const key = `runs/${run.runId}/artifacts/${moment}.json`;
  const artifact = { key, sha256: sha256Of(run.objects[key] ?? '') };
  expect(run.objects[key]).toBeDefined();

  const { problems } = await verify(withFacts(name, { [fact]: { artifact, form: 'json' } }));

  expect(problems).toContainEqual(expect.stringContaining(`${name}.json: the fact ${fact} refers to ${key}, expected`));
});

test('what a fact follows from cannot be left out, as documents of earlier versions do', async () => {
  const { problems } = await verify(
    edited('06-dry-run', ({ facts: { contentsBefore: _, ...facts }, ...document }) => ({ ...document, facts })),
  );

  expect(problems).toContainEqual(
    expect.stringContaining('06-dry-run.json lacks the facts contentsBefore, from which its fact dataLoss follows'),
  );
});

test('what a fact refers to is part of it: a catalog that was changed is named', async () => {
  const key = `runs/${run.runId}/artifacts/catalog-after-down.json`;
  const { problems } = await verify({ ...run.objects, [key]: Buffer.from('{"objects": []}\n') });

  expect(problems).toContainEqual(expect.stringContaining('13-test-rollback.json: its facts cannot be judged'));
  expect(problems).toContainEqual(`${key} was changed after the run`);
});

const withoutDocument = (name: string): Objects =>
  Object.fromEntries(Object.entries(run.objects).filter(([key]) => key !== `runs/${run.runId}/${name}.json`));

test('a document cannot be spared by an older format, without a version, or under a name that the workflow does not know', async () => {
  const older = edited('06-dry-run', (document) => ({ ...document, format: 1, boxes: document.boxes.map(forged) }));
  const allOlder = rechain(run.objects, (document) => ({ ...document, format: 1 }));
  const unversioned = edited('06-dry-run', ({ version: _, ...document }) => document);
  const renamed = edited('06-dry-run', (document) => ({ ...document, name: '06-wet-run' }));

  expect((await verify(older)).problems).toEqual([
    expect.stringContaining('06-dry-run.json has format 1 and says what only documents of format 2 say'),
  ]);
  expect((await verify(allOlder)).problems.length).toBeGreaterThan(20);
  expect((await verify(unversioned)).problems).toContainEqual(
    expect.stringContaining('06-dry-run.json does not say which version wrote it'),
  );
  expect((await verify(renamed)).problems).toContainEqual(
    expect.stringContaining('06-dry-run.json says that it is 06-wet-run of run'),
  );
});

test('a state that left nothing is missed, and so is a fact that was taken out with the answers that it gave', async () => {
  const gone = rechain(withoutDocument('13-test-rollback'), (document) => document);
  const lacking = edited('06-dry-run', ({ facts: { assessed: _, ...facts }, ...document }) => ({
    ...document,
    facts,
    boxes: document.boxes.filter(({ box }) => !['3.5', '6.2'].includes(box)),
  }));

  expect((await verify(gone)).problems).toContainEqual(
    expect.stringMatching(/^13-test-rollback is missing, and a run/),
  );
  expect((await verify(lacking)).problems).toContainEqual(
    expect.stringContaining('06-dry-run.json lacks the fact assessed, which its boxes need'),
  );
});

test('a document of another run, under another name or at another time does not answer in place of its own', async () => {
  const other = edited('10-test-constraints', (document) => ({ ...document, runId: 'another-run' }));
  const late = edited('03-impact-analysis', (document) => ({ ...document, finishedAt: '2099-01-01T00:00:00.000Z' }));

  expect((await verify(other)).problems).toContainEqual(
    expect.stringContaining('10-test-constraints.json says that it is 10-test-constraints of run another-run'),
  );
  expect((await verify(late)).problems).toContainEqual(
    expect.stringContaining('03-impact-analysis.json, which says that it was finished later'),
  );
});

test('a dump is compared with the hash that Step 5 took, not with the words of its answer', async () => {
  const swapped = (name: string) => ({
    ...run.objects,
    [`backups/${run.runId}/${name}`]: Buffer.from('another dump'),
  });

  expect((await verify(swapped('manifest.json'))).problems).toEqual([
    expect.stringContaining('manifest.json is not the dump'),
  ]);
  expect((await verify(swapped(`rows/0001${ownMethod.extension}`))).problems).toEqual([
    expect.stringMatching(/rows\/0001\.sql\.(gz|zst) has sha256 [0-9a-f]{64}; the manifest names /),
  ]);
});

test('another version may have used other words, but not given another answer', async () => {
  const byAnother = (edit: (answer: BoxAnswer) => BoxAnswer) =>
    edited('06-dry-run', (document) => ({
      ...document,
      version: '0.1.9',
      boxes: document.boxes.map((answer) => (answer.box === '6.2' ? edit(answer) : answer)),
    }));

  // Of a single document it is suspicious all the same.
  const mixed = expect.stringContaining('name 2 versions of the product');
  expect(await verify(byAnother((answer) => ({ ...answer, reason: 'all is well' })))).toMatchObject({
    problems: [mixed],
    reworded: 1,
  });
  const { problems, reworded } = await verify(byAnother(forged));
  expect([...problems].sort()).toEqual([expect.stringContaining('box 6.2 is answered'), mixed]);
  expect(reworded).toBe(0);
});
