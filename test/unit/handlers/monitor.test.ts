/** Step 16 and the samples that end it. */
import { DatabaseUnreachable, PlatformFailed, StatementFailed, StoreFailed, TaskNoLongerWaiting } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ActivitySample } from '#domain/monitoring/sample';
import { readReferenced, sha256Of, writeJson } from '#lambdas/evidence';
import { run as takeSample } from '#lambdas/monitoring/sample-activity';
import type { ArtifactStore, Database } from '#lambdas/ports';
import { run as openWindow } from '#lambdas/steps/16-monitor';
import type { MonitorOutcome } from '#statemachine/contract';
import {
  fakeClock,
  fakePorts,
  memoryStore,
  recordingCallback,
  recordingSchedule,
  testLinkKey,
  testSettings,
} from '../../support/fake-ports';
import { sample } from '../domain/monitoring/samples';
import { pin, readStored } from './a-run';

const taskToken = `TASK-TOKEN-${'x'.repeat(100)}`;
const hourSeconds = 3600;

type Look = () => Promise<ActivitySample>;

const unreachable: Look = async () => {
  throw new DatabaseUnreachable('no answer');
};

/** A window that was opened; `look` is what the target answers from now on. */
const openedWindow = async (monitorSeconds = 2 * hourSeconds, baseline = sample()) => {
  const [store, clock, callback, schedule] = [memoryStore(), fakeClock(), recordingCallback(), recordingSchedule()];
  let look: Look = async () => sample({ at: clock.now().toISOString() });
  const database: Pick<Database, 'sampleActivity'> = { sampleActivity: () => look() };
  const ports = fakePorts({
    ...{ store, clock, callback, schedule, database },
    secrets: { linkKey: async () => testLinkKey },
    settings: testSettings({ sampleIntervalSeconds: 300 }),
  });
  const baselineRef = await writeJson(store, 'runs/run-1/artifacts/baseline.json', baseline);
  const previous = [{ key: 'runs/run-1/15-notify-team.json', sha256: 'aa' }];
  const run = await pin({ monitorSeconds });
  const { until } = await openWindow({ run, previous, baseline: baselineRef, taskToken }, ports);
  return {
    ...{ store, clock, callback, schedule, ports, until },
    answer: (with_: Look) => {
      look = with_;
    },
    /** One sample, this much later. */
    sampleAfter: (seconds: number) => {
      clock.advance(seconds);
      return takeSample({ runId: 'run-1' }, ports);
    },
  };
};

type Window = Awaited<ReturnType<typeof openedWindow>>;

const outcomesOf = ({ callback }: Window) =>
  callback.answers.map((answer) => ('output' in answer ? (answer.output as MonitorOutcome) : null));

const evidenceOf = ({ store }: Window) => readStored<EvidenceDocument>(store, 'runs/run-1/16-monitor.json');

const answersOf = (window: Window) =>
  Object.fromEntries(evidenceOf(window).boxes.map(({ box, answer }) => [box, answer]));

const alarming = async () => sample({ connections: 95 });

test('the window is opened with a schedule that outlives it by a quarter of an hour', async () => {
  const { schedule, until } = await openedWindow(2 * hourSeconds);

  expect(until).toBe('2026-11-22T10:00:00.000Z');
  expect([...schedule.entries.values()]).toEqual([
    {
      name: 'monitor-run-1',
      everySeconds: 300,
      until: new Date('2026-11-22T10:15:00.000Z'),
      input: { runId: 'run-1' },
    },
  ]);
});

test('the task token lies in the store sealed only', async () => {
  const { store } = await openedWindow();

  expect(JSON.stringify(store.texts())).not.toContain('TASK-TOKEN');
});

test('a quiet sample inside the window says nothing', async () => {
  const window = await openedWindow();

  await window.sampleAfter(300);

  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(1);
});

test('the first sample at the end answers the task, with the evidence of the whole window, and ends the schedule', async () => {
  const window = await openedWindow();
  await window.sampleAfter(hourSeconds);

  await window.sampleAfter(hourSeconds);

  const [outcome] = outcomesOf(window);
  expect(outcome).toMatchObject({ outcome: 'quiet', summary: '2 samples, no alarm' });
  expect(window.callback.answers[0]?.taskToken).toBe(taskToken);
  expect(await readReferenced(window.store, outcome?.evidence ?? { key: '', sha256: '' })).toEqual(evidenceOf(window));
  expect(evidenceOf(window)).toMatchObject({ previous: ['aa'], startedAt: '2026-11-22T08:00:00.000Z', error: null });
  expect(answersOf(window)).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'open' });
  expect(window.schedule.entries.size).toBe(0);
});

test('a day that was sampled every hour is proved', async () => {
  const window = await openedWindow(24 * hourSeconds);

  for (let hour = 0; hour < 24; hour += 1) await window.sampleAfter(hourSeconds);

  expect(answersOf(window)).toEqual({ '16.1': 'proved', '16.2': 'open', '16.3': 'proved', '16.4': 'proved' });
});

test('without statements in the baseline nothing is compared', async () => {
  const window = await openedWindow(24 * hourSeconds, sample({ statements: null }));

  for (let hour = 0; hour < 24; hour += 1) await window.sampleAfter(hourSeconds);

  expect(answersOf(window)).toMatchObject({ '16.1': 'proved', '16.3': 'open' });
});

test('an alarm ends the window at once, and proves nothing of the time that was not watched', async () => {
  const window = await openedWindow(24 * hourSeconds);
  window.answer(alarming);

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([
    { outcome: 'alarm', summary: 'Connections near the limit: 95 of 100 connections are used' },
  ]);
  expect(answersOf(window)).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'failed' });
  expect(window.schedule.entries.size).toBe(0);
});

test.each<[string, Look]>([
  ['the target', unreachable],
  [
    'the platform that knows where it is',
    async () => {
      throw new PlatformFailed('503');
    },
  ],
])('%s may be away twice; the third time in a row is an alarm', async (_, look) => {
  const window = await openedWindow();
  window.answer(look);

  await window.sampleAfter(300);
  await window.sampleAfter(300);
  expect(window.callback.answers).toEqual([]);
  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([
    { outcome: 'alarm', summary: expect.stringContaining('cannot be reached') },
  ]);
  expect(answersOf(window)).toMatchObject({ '16.1': 'failed', '16.3': 'failed', '16.4': 'failed' });
});

test('a target that is away at the last sample is an alarm', async () => {
  const window = await openedWindow();
  window.answer(unreachable);

  await window.sampleAfter(2 * hourSeconds);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm' }]);
});

test('an error that does not come from the target is not taken for an outage', async () => {
  const window = await openedWindow();
  window.answer(async () => {
    throw new StatementFailed('no such view', { sqlState: '42P01', line: 1, statement: 0 });
  });

  await expect(window.sampleAfter(300)).rejects.toThrow(StatementFailed);
  expect(window.callback.answers).toEqual([]);
});

test('an alarm that could not be told is told by the next sample, even when the target is quiet or away by then', async () => {
  const window = await openedWindow();
  const broken = {
    ...window.ports,
    callback: { ...window.callback, succeed: () => Promise.reject(new PlatformFailed('503')) },
  };
  window.answer(alarming);
  await expect(takeSample({ runId: 'run-1' }, broken)).rejects.toThrow(PlatformFailed);
  window.answer(unreachable);

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm', summary: expect.stringContaining('95 of 100') }]);
});

test('an alarm whose evidence could not be written is not forgotten', async () => {
  const window = await openedWindow();
  const write: ArtifactStore['write'] = (key, body) =>
    key.endsWith('/16-monitor.json') ? Promise.reject(new StoreFailed('full')) : window.store.write(key, body);
  window.answer(alarming);
  await expect(takeSample({ runId: 'run-1' }, { ...window.ports, store: { ...window.store, write } })).rejects.toThrow(
    StoreFailed,
  );
  window.answer(async () => sample());

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm', summary: expect.stringContaining('95 of 100') }]);
});

test('a sample after the answer changes no evidence and only ends the schedule', async () => {
  const window = await openedWindow();
  window.answer(alarming);
  const failing = {
    ...window.ports,
    schedule: { ...window.schedule, remove: () => Promise.reject(new PlatformFailed('503')) },
  };
  await expect(takeSample({ runId: 'run-1' }, failing)).rejects.toThrow(PlatformFailed);
  const recorded = sha256Of(window.store.texts()['runs/run-1/16-monitor.json'] ?? '');
  window.answer(async () => sample());

  await window.sampleAfter(300);

  expect(sha256Of(window.store.texts()['runs/run-1/16-monitor.json'] ?? '')).toBe(recorded);
  expect(outcomesOf(window)).toHaveLength(1);
  expect(window.schedule.entries.size).toBe(0);
});

test('a quiet end that was recorded and not told is told again with the same evidence', async () => {
  const window = await openedWindow();
  const broken = {
    ...window.ports,
    callback: { ...window.callback, succeed: () => Promise.reject(new PlatformFailed('503')) },
  };
  window.clock.advance(2 * hourSeconds);
  await expect(takeSample({ runId: 'run-1' }, broken)).rejects.toThrow(PlatformFailed);
  window.answer(alarming);

  await window.sampleAfter(60);

  const [outcome] = outcomesOf(window);
  expect(outcome).toMatchObject({ outcome: 'quiet', summary: '1 samples, no alarm' });
  expect(outcome?.evidence.sha256).toBe(sha256Of(window.store.texts()['runs/run-1/16-monitor.json'] ?? ''));
});

test('an execution that no longer waits leaves only the schedule to be removed', async () => {
  const window = await openedWindow();
  window.callback.forget(taskToken);

  await window.sampleAfter(2 * hourSeconds);

  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(0);
});

test('another failure of the answer is no end: the schedule stays', async () => {
  const window = await openedWindow();
  const refusing = {
    ...window.ports,
    callback: { ...window.callback, succeed: () => Promise.reject(new PlatformFailed('throttled')) },
  };
  window.clock.advance(2 * hourSeconds);

  await expect(takeSample({ runId: 'run-1' }, refusing)).rejects.not.toBeInstanceOf(TaskNoLongerWaiting);
  expect(window.schedule.entries.size).toBe(1);
});

test('a schedule without a window is removed', async () => {
  const schedule = recordingSchedule();
  await schedule.create({ name: 'monitor-gone', everySeconds: 1, until: new Date(), input: {} });

  await takeSample({ runId: 'gone' }, fakePorts({ store: memoryStore(), schedule }));

  expect(schedule.entries.size).toBe(0);
});
