/** Single edits of the run of a rollback: the verifier is given no hash. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import { memoryStore } from '#test/support/fake-ports';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { type Objects, objectsIn } from '#test/support/rechain';
import { singleEdits } from '#test/support/single-edits';

const many = 120;
const seed = 20_261_201;

let runId: string;
let objects: Objects;

beforeAll(() =>
  withSandbox((sandbox) =>
    withRuntime(sandbox, {}, async (runtime) => {
      await startRun(runtime, '001_create_jobs.sql');
      ({ runId } = await startRollback(runtime, { migration: '001', because: 'it is wrong', withLater: false }));
      objects = await objectsIn(runtime.ports.store);
    }),
  ),
);

const problemsOf = async (edited: Objects) => (await verifyEvidence(memoryStore(edited), runId, null)).problems;

test('nothing is wrong with the rollback itself, and its report is made again byte for byte', async () => {
  expect(await verifyEvidence(memoryStore(objects), runId, null)).toMatchObject({ problems: [], report: 'made again' });
});

test(`each of ${many} single edits of a rollback is found`, async () => {
  const edits = singleEdits(objects, runId, many, seed);
  const missed: string[] = [];
  for (const { what, objects: edited } of edits) if ((await problemsOf(edited)).length === 0) missed.push(what);

  process.stdout.write(`single edits of a rollback: ${edits.length} tried, ${edits.length - missed.length} found\n`);
  expect(edits).toHaveLength(many);
  expect(missed).toEqual([]);
});

test.each(['report.html', 'report.md', 'report.json'])(
  '%s of a rollback with the name of another approver is not the one that follows from the evidence',
  async (name) => {
    const key = `runs/${runId}/${name}`;
    const text = objects[key]?.toString('utf8') ?? '';
    expect(text).toContain('approver@localhost');

    const edited = { ...objects, [key]: Buffer.from(text.replaceAll('approver@localhost', 'mallory@localhost')) };

    expect(await problemsOf(edited)).toContainEqual(
      expect.stringContaining(`${key} is not the report that follows from the evidence`),
    );
  },
);
