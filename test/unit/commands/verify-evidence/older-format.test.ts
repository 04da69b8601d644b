/**
 * Whole runs as earlier versions stored them, all keys below `runs/` with their bytes in base64: `001_create_jobs.sql` by 0.1.0 (documents of
 * format 1), `002_create_core_schema.sql` by 0.2.0 (format 2, whose answers are judged again), each by `npm start -- --yes`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { evidenceView } from '#domain/approvals/evidence-view';
import { rehearsalView } from '#domain/reports/rehearsal-view';
import { buildReport, type Report } from '#domain/reports/report';
import { checklist, findBox } from '#lambdas/checklist';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import type { RunPin } from '#statemachine/contract';
import { readEvidenceWithRefs } from '#test/support/evidence-of-run';
import { memoryStore } from '#test/support/fake-ports';
import { projectRoot } from '#test/support/project-root';

const unpack = (version: string) => {
  const packed = readFileSync(path.join(projectRoot, `test/fixtures/run-of-${version}.json.gz`));
  const objects = Object.entries(JSON.parse(gunzipSync(packed).toString('utf8')) as Record<string, string>);
  const store = memoryStore(Object.fromEntries(objects.map(([key, text]) => [key, Buffer.from(text, 'base64')])));
  return { objects, store, runId: objects[0]?.[0].split('/')[1] ?? '' };
};

const { objects, store, runId } = unpack('0.1.0');

const readJson = async <T>(name: string) => JSON.parse(String(await store.read(`runs/${runId}/${name}`))) as T;

test('its evidence is verified, and it is said that its answers cannot be judged again', async () => {
  const { documents, problems, answers, notJudged } = await verifyEvidence(store, runId, null);

  expect(documents).toHaveLength(21);
  expect(problems).toEqual([]);
  expect(answers).toBe(0);
  expect(notJudged).toHaveLength(21);
});

test('every answer of a run of 0.2.0 follows from its facts today, whatever it is worded like', async () => {
  const run = unpack('0.2.0');

  const { documents, problems, answers, notJudged, reworded } = await verifyEvidence(run.store, run.runId, null);

  expect(problems).toEqual([]);
  expect(documents.length).toBeGreaterThan(20);
  expect(answers).toBeGreaterThan(61);
  expect(notJudged).toEqual([]);
  expect(reworded).toBeGreaterThan(5);
});

test('one changed byte is found as before', async () => {
  const key = `runs/${runId}/06-dry-run.json`;
  const changed = memoryStore({
    ...Object.fromEntries(objects.map(([one, text]) => [one, Buffer.from(text, 'base64')])),
    [key]: String(await store.read(key)).replace('without an error', 'without any error'),
  });

  const { problems } = await verifyEvidence(changed, runId, null);

  expect(problems).toContainEqual(`${key} was changed after the run`);
});

test('its report is the same as it was then, made from its documents today', async () => {
  const run = await readJson<RunPin>('run.json');
  const then = await readJson<Report>('report.json');
  const stored = await readEvidenceWithRefs(store, runId);
  const applied = stored.find(({ document }) => document.name === '08-apply-migration')?.document;
  const entry = applied?.boxes.find(({ box }) => box === '8.2')?.facts?.['entry'] as never;

  const now = buildReport({
    run,
    checklist,
    entry,
    outcome: 'signed off',
    cause: null,
    purpose: (await readPinnedMigration(store, run)).migration.purpose,
    finishedAt: then.finishedAt,
    documents: stored,
  });

  // The members that reports did not have then.
  expect(JSON.parse(JSON.stringify(now))).toEqual({ ...then, testsToAdd: [], exceptions: [], schema: null });
  expect(now.rehearsal?.difference.length).toBeGreaterThan(5);
});

test('its evidence and its rehearsal are shown', async () => {
  const documents = (await readEvidenceWithRefs(store, runId)).map(({ document }) => document);
  const { rehearsal } = await readJson<Report>('report.json');

  const page = String(evidenceView(documents, (box) => findBox(box).label));

  expect(page).toContain('no errors');
  expect(String(rehearsalView(rehearsal))).toContain('CREATE TABLE');
});
