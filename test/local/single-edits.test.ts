/** 230 single edits of a run that was signed off, and the run made whole again after an edit: the verifier is given no hash. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { startRun } from '#local/runs';
import { memoryStore } from '#test/support/fake-ports';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { type Objects, objectsIn, rechain } from '#test/support/rechain';
import { singleEdits } from '#test/support/single-edits';

const many = 230;
const seed = 20_261_130;

let runId: string;
let objects: Objects;

beforeAll(() =>
  withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      ({ runId } = await startRun(runtime, '001_create_jobs.sql'));
      objects = await objectsIn(runtime.ports.store);
    }),
  ),
);

const problemsOf = async (edited: Objects) => (await verifyEvidence(memoryStore(edited), runId, null)).problems;

test('nothing is wrong with the run itself, and its report is made again byte for byte', async () => {
  expect(await verifyEvidence(memoryStore(objects), runId, null)).toMatchObject({ problems: [], report: 'made again' });
});

test(`each of ${many} single edits is found`, async () => {
  const edits = singleEdits(objects, runId, many, seed);
  const missed: string[] = [];
  for (const { what, objects: edited } of edits) if ((await problemsOf(edited)).length === 0) missed.push(what);

  process.stdout.write(`single edits: ${edits.length} tried, ${edits.length - missed.length} found\n`);
  expect(edits).toHaveLength(many);
  expect(missed).toEqual([]);
});

/** The hashes in the report too: whoever may write everything makes everything whole again. */
const wholeAgain = (name: string, edit: (document: EvidenceDocument) => EvidenceDocument): Objects =>
  rechain(objects, (document) => (document.name === name ? edit(document) : document));

const withFacts = (document: EvidenceDocument, facts: Readonly<Record<string, unknown>>): EvidenceDocument => ({
  ...document,
  facts: { ...document.facts, ...facts },
});

test.each<[string, string, (document: EvidenceDocument) => EvidenceDocument]>([
  [
    'an answer that was forged',
    '12-application-integration',
    (document) => ({ ...document, boxes: document.boxes.map((answer) => ({ ...answer, answer: 'proved' as const })) }),
  ],
  [
    'an attestation for a box that the stage does not ask for',
    'approve-review',
    (document) => ({
      ...document,
      boxes: [...document.boxes, { box: '6.3', answer: 'attested', reason: 'attested by eve' }],
    }),
  ],
  ['another approver', 'approve-apply', (document) => withFacts(document, { by: 'mallory@example.org' })],
  [
    'findings that are gone',
    '01-code-review',
    (document) => ({ ...document, findings: [{ rule: 'x', message: 'nothing found', line: null }] }),
  ],
  [
    'another starter',
    '00-open-run',
    (document) => withFacts(document, { run: { ...(document.facts['run'] as object), startedBy: 'eve' } }),
  ],
  [
    'another target',
    '07-connect',
    (document) => withFacts(document, { expected: { projectId: 'p', branchId: 'b', database: 'd' } }),
  ],
])('%s is found although every hash fits again', async (_, name, edit) => {
  const edited = wholeAgain(name, edit);

  expect(sha256Of(edited[`runs/${runId}/${name}.json`] ?? '')).not.toBe(
    sha256Of(objects[`runs/${runId}/${name}.json`] ?? ''),
  );
  expect(await problemsOf(edited)).not.toEqual([]);
});

test.each(['report.html', 'report.md', 'report.json'])(
  '%s with the name of another approver is found',
  async (name) => {
    const key = `runs/${runId}/${name}`;
    const text = objects[key]?.toString('utf8') ?? '';
    expect(text).toContain('approver@localhost');

    const edited = { ...objects, [key]: Buffer.from(text.replaceAll('approver@localhost', 'mallory@localhost')) };

    expect(await problemsOf(edited)).toContainEqual(expect.stringContaining(`${key} is not the report`));
  },
);
