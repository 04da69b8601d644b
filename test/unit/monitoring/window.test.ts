/** Step 16, the looks, the alarms that end the window, and everything that may come twice, late or at once. */
import { DatabaseUnreachable, PlatformFailed, StatementFailed, StoreFailed, TaskNoLongerWaiting } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { AlarmStates, RaisedAlarm } from '#domain/monitoring/alarm-states';
import type { ActivitySample, Look } from '#domain/monitoring/sample';
import { sha256Of } from '#domain/sha256';
import type { Measurements } from '#lambdas/metrics';
import { run as hearAlarm } from '#lambdas/monitoring/on-alarm';
import { run as takeSample } from '#lambdas/monitoring/sample-activity';
import type { Ports } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readReferenced, writeJson } from '#lambdas/record/json';
import { run as openWindow } from '#lambdas/steps/16-monitor';
import type { MonitorOutcome } from '#statemachine/contract';
import { pin, readStored } from '#test/support/a-run';
import {
  fakeClock,
  fakePorts,
  memoryStore,
  recordingCallback,
  recordingSchedule,
  testSecrets,
  testSettings,
} from '#test/support/fake-ports';
import { writeUpTo } from '#test/support/run-in-store';
import { sample } from '../domain/monitoring/samples';

const taskToken = `TASK-TOKEN-${'x'.repeat(100)}`;
const hourSeconds = 3600;

type Looking = () => Promise<Look>;

const awake = (of: ActivitySample): Look => ({ state: 'awake', sample: of });

const unreachable: Looking = async () => {
  throw new DatabaseUnreachable('no answer');
};

const quiet: AlarmStates = { raised: [], unjudged: [] };

const full: RaisedAlarm = {
  id: 'connections-near-limit',
  at: '2026-11-22T08:05:00.000Z',
  wasUpBefore: false,
  reason: 'Threshold Crossed: 2 out of the last 3 datapoints [95, 96]',
};

/** A window that was opened; `look` is what the target answers from now on, `alarm` what the alarms did. */
const openedWindow = async (monitorSeconds = 2 * hourSeconds, baseline = sample()) => {
  const [store, clock, callback, schedule] = [memoryStore(), fakeClock(), recordingCallback(), recordingSchedule()];
  const put: Measurements[] = [];
  const asked: string[] = [];
  let look: Looking = async () => awake(sample({ at: clock.now().toISOString() }));
  let states = quiet;
  const ports = fakePorts({
    store,
    clock,
    callback,
    schedule,
    activity: { look: () => look() },
    metrics: {
      put: async (measurements) => {
        put.push(measurements);
      },
    },
    alarms: {
      since: async (moment) => {
        asked.push(moment.toISOString());
        return states;
      },
    },
    secrets: testSecrets,
    settings: testSettings({ sampleIntervalSeconds: 300 }),
  });
  const baselineRef = await writeJson(store, 'runs/run-1/artifacts/baseline.json', baseline);
  const written = await writeUpTo(store, '15-notify-team');
  const previous = [...written.values()].slice(-1);
  const run = await pin({ monitorSeconds });
  const { until } = await openWindow({ run, previous, baseline: baselineRef, taskToken }, ports);
  return {
    store,
    clock,
    callback,
    schedule,
    ports,
    previous,
    until,
    put,
    asked,
    answer: (with_: Looking) => {
      look = with_;
    },
    raise: (...raised: readonly RaisedAlarm[]) => {
      states = { raised, unjudged: [] };
    },
    /** One look, this much later. */
    sampleAfter: (seconds: number) => {
      clock.advance(seconds);
      return takeSample({ runId: 'run-1' }, ports);
    },
    hear: (state = 'ALARM', of: Ports = ports) =>
      hearAlarm({ alarmName: 'MigrationChecklist-connections-near-limit', state, at: clock.now().toISOString() }, of),
  };
};

type Window = Awaited<ReturnType<typeof openedWindow>>;

const outcomesOf = ({ callback }: Window) =>
  callback.answers.map((answer) => ('output' in answer ? (answer.output as MonitorOutcome) : null));

const evidenceOf = ({ store }: Window) => readStored<EvidenceDocument>(store, 'runs/run-1/16-monitor.json');
const hashOfEvidence = ({ store }: Window) => sha256Of(store.texts()['runs/run-1/16-monitor.json'] ?? '');

const answersOf = (window: Window) =>
  Object.fromEntries(evidenceOf(window).boxes.map(({ box, answer }) => [box, answer]));

const failing = ({ ports }: Window, port: 'callback' | 'schedule', method: string): Ports => ({
  ...ports,
  [port]: { ...ports[port], [method]: () => Promise.reject(new PlatformFailed('503')) },
});

test('a second call keeps the window that the first one has opened, and answers with its own token', async () => {
  const { store, clock, callback, ports, until, previous } = await openedWindow(hourSeconds);
  const baseline = await writeJson(store, 'runs/run-1/artifacts/baseline.json', sample());
  clock.advance(60);

  const again = await openWindow(
    { run: await pin({ monitorSeconds: hourSeconds }), previous, baseline, taskToken: 'second' },
    ports,
  );
  clock.advance(hourSeconds);
  await takeSample({ runId: 'run-1' }, ports);

  expect(again.until).toBe(until);
  expect(callback.answers.map((one) => one.taskToken)).toEqual(['second']);
});

test('the window is opened with a schedule that outlives it by a quarter of an hour', async () => {
  const { schedule, until } = await openedWindow(2 * hourSeconds);

  expect(until).toBe('2026-11-22T10:00:00.000Z');
  expect([...schedule.entries.values()]).toEqual([
    {
      name: 'monitor-run-1',
      calls: 'SampleActivity',
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

test('a quiet look inside the window is measured and says nothing', async () => {
  const window = await openedWindow();

  await window.sampleAfter(300);

  expect(window.put).toEqual([expect.objectContaining({ ConnectionsUsed: 10, TargetUnreachable: 0 })]);
  expect(window.asked).toEqual(['2026-11-22T08:00:00.000Z']);
  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(1);
});

test('the look does not judge: what is over a threshold is measured, and nothing else happens', async () => {
  const window = await openedWindow();
  window.answer(async () => awake(sample({ connections: 100, lockWaits: 50 })));

  await window.sampleAfter(300);

  expect(window.put).toEqual([expect.objectContaining({ ConnectionsUsed: 100, LockWaits: 50 })]);
  expect(window.callback.answers).toEqual([]);
});

test('the first look at the end answers the task, with the evidence of the whole window, and ends the schedule', async () => {
  const window = await openedWindow();
  await window.sampleAfter(hourSeconds);

  await window.sampleAfter(hourSeconds);

  const [outcome] = outcomesOf(window);
  expect(outcome).toMatchObject({ outcome: 'quiet', summary: '2 samples, no alarm' });
  expect(window.callback.answers[0]?.taskToken).toBe(taskToken);
  expect(await readReferenced(window.store, outcome?.evidence ?? { key: '', sha256: '' })).toEqual(evidenceOf(window));
  expect(evidenceOf(window)).toMatchObject({
    previous: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    startedAt: '2026-11-22T08:00:00.000Z',
    error: null,
  });
  expect(answersOf(window)).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'open' });
  expect(window.schedule.entries.size).toBe(0);
});

test('a day that was looked at every hour is proved', async () => {
  const window = await openedWindow(24 * hourSeconds);

  for (let hour = 0; hour < 24; hour += 1) await window.sampleAfter(hourSeconds);

  expect(answersOf(window)).toEqual({ '16.1': 'proved', '16.2': 'open', '16.3': 'proved', '16.4': 'proved' });
});

test('without statements in the baseline nothing is compared', async () => {
  const window = await openedWindow(24 * hourSeconds, sample({ statements: null }));

  for (let hour = 0; hour < 24; hour += 1) await window.sampleAfter(hourSeconds);

  expect(answersOf(window)).toMatchObject({ '16.1': 'proved', '16.3': 'open' });
});

test('a compute that sleeps is left asleep, and the evidence says for how long it slept', async () => {
  const window = await openedWindow();
  await window.sampleAfter(hourSeconds);
  window.answer(async () => ({ state: 'suspended' }));

  await window.sampleAfter(hourSeconds);

  expect(window.put.at(-1)).toEqual({ TargetUnreachable: 0, ComputeSuspended: 1 });
  expect(outcomesOf(window)).toMatchObject([{ outcome: 'quiet' }]);
  expect(evidenceOf(window).boxes[0]?.reason).toContain('the compute slept for 3600 s of it and was not woken');
});

test('an alarm that is raised ends the window at once, and proves nothing of the time that was not watched', async () => {
  const window = await openedWindow(24 * hourSeconds);
  await window.sampleAfter(300);
  window.raise(full);

  await window.hear();

  expect(outcomesOf(window)).toMatchObject([
    { outcome: 'alarm', summary: `Connections near the limit: ${full.reason}` },
  ]);
  expect(answersOf(window)).toEqual({ '16.1': 'open', '16.2': 'open', '16.3': 'open', '16.4': 'failed' });
  expect(window.schedule.entries.size).toBe(0);
});

test('an alarm whose event got lost is found by the next look', async () => {
  const window = await openedWindow(24 * hourSeconds);
  window.raise(full);

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm' }]);
});

test.each<[string, RaisedAlarm]>([
  ['only warns', { ...full, id: 'new-slow-statements' }],
  ['was up before the window', { ...full, wasUpBefore: true }],
])('an alarm that %s wakes nobody, and the evidence tells it at the end', async (_, alarm) => {
  const window = await openedWindow();
  window.raise(alarm);

  await window.hear();
  await window.sampleAfter(hourSeconds);
  expect(window.callback.answers).toEqual([]);
  await window.sampleAfter(hourSeconds);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'quiet' }]);
  expect(evidenceOf(window).findings).toMatchObject([{ rule: `alarm-${alarm.id}` }]);
});

test('an alarm that comes down is no reason to wake anybody', async () => {
  const window = await openedWindow();
  window.raise(full);

  await window.hear('OK');

  expect(window.callback.answers).toEqual([]);
});

test('look and event at once: the evidence is written once, the task is answered once', async () => {
  const window = await openedWindow(24 * hourSeconds);
  window.raise(full);

  await Promise.all([window.sampleAfter(300), window.hear(), window.hear(), window.sampleAfter(0)]);

  const [outcome, ...more] = outcomesOf(window);
  expect(more).toEqual([]);
  expect(outcome?.evidence.sha256).toBe(hashOfEvidence(window));
  expect(window.schedule.entries.size).toBe(0);
});

test('an event that is delivered again changes nothing', async () => {
  const window = await openedWindow(24 * hourSeconds);
  window.raise(full);
  await window.hear();
  const recorded = hashOfEvidence(window);
  window.clock.advance(60);

  await window.hear();

  expect(hashOfEvidence(window)).toBe(recorded);
  expect(outcomesOf(window)).toHaveLength(1);
});

test('an event outside any window, or after its time, does nothing', async () => {
  const nowhere = fakePorts({ store: memoryStore(), settings: testSettings() });
  await hearAlarm({ alarmName: 'deadlocks', state: 'ALARM', at: '2026-11-22T08:00:00.000Z' }, nowhere);
  const window = await openedWindow();
  window.raise(full);
  window.clock.advance(2 * hourSeconds);

  await window.hear();

  expect(window.callback.answers).toEqual([]);
});

test('an event of another target does nothing here', async () => {
  const window = await openedWindow();
  window.raise(full);
  const elsewhere = { projectId: 'project-2', branchId: 'branch-staging', database: 'app' };

  await window.hear('ALARM', { ...window.ports, settings: testSettings({ expected: elsewhere }) });

  expect(window.callback.answers).toEqual([]);
});

test.each(['close-run', 'sign-off'])('nothing is added to a run after %s', async (name) => {
  const window = await openedWindow();
  await window.store.write(`runs/run-1/${name}.json`, '{}');
  window.raise(full);
  const before = Object.keys(window.store.texts());

  await window.hear();
  await window.sampleAfter(2 * hourSeconds);

  expect(Object.keys(window.store.texts())).toEqual(before);
  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(0);
});

test.each<[string, Looking]>([
  ['the target', unreachable],
  [
    'the platform that knows where it is',
    async () => {
      throw new PlatformFailed('503');
    },
  ],
])('%s may be away inside the window: it is measured, and the alarm judges', async (_, look) => {
  const window = await openedWindow();
  window.answer(look);

  await window.sampleAfter(300);
  await window.sampleAfter(300);

  expect(window.put).toEqual([{ TargetUnreachable: 1 }, { TargetUnreachable: 1 }]);
  expect(window.callback.answers).toEqual([]);
});

test('a target that is away at the last look is an alarm', async () => {
  const window = await openedWindow();
  window.answer(unreachable);

  await window.sampleAfter(2 * hourSeconds);

  expect(outcomesOf(window)).toMatchObject([
    { outcome: 'alarm', summary: expect.stringContaining('The target cannot be reached') },
  ]);
  expect(answersOf(window)).toMatchObject({ '16.1': 'failed', '16.3': 'failed', '16.4': 'failed' });
});

test('an error that does not come from the target is not taken for an outage', async () => {
  const window = await openedWindow();
  window.answer(async () => {
    throw new StatementFailed('no such view', { sqlState: '42P01', line: 1, statement: 0 });
  });

  await expect(window.sampleAfter(300)).rejects.toThrow(StatementFailed);
  expect(window.callback.answers).toEqual([]);
});

test('without a word of what the alarms did, no window ends as quiet', async () => {
  const window = await openedWindow();
  const silent = { ...window.ports, alarms: { since: () => Promise.reject(new PlatformFailed('throttled')) } };
  window.clock.advance(2 * hourSeconds);

  await expect(takeSample({ runId: 'run-1' }, silent)).rejects.toThrow(PlatformFailed);
  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(1);
});

test('an alarm that could not be told is told by the next look, even when it came down by then', async () => {
  const window = await openedWindow();
  window.raise(full);
  await expect(window.hear('ALARM', failing(window, 'callback', 'succeed'))).rejects.toThrow(PlatformFailed);
  window.raise();

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm', summary: expect.stringContaining('95, 96') }]);
});

test('an alarm whose evidence could not be written is not forgotten', async () => {
  const window = await openedWindow();
  window.raise(full);
  const writeIfAbsent: ArtifactStore['writeIfAbsent'] = () => Promise.reject(new StoreFailed('full'));
  const broken = { ...window.ports, store: { ...window.store, writeIfAbsent } };
  await expect(window.hear('ALARM', broken)).rejects.toThrow(StoreFailed);

  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'alarm' }]);
});

test('a look after the answer changes nothing', async () => {
  const window = await openedWindow();
  window.raise(full);
  await expect(window.hear('ALARM', failing(window, 'schedule', 'remove'))).rejects.toThrow(PlatformFailed);
  const recorded = hashOfEvidence(window);

  await window.sampleAfter(300);

  expect(hashOfEvidence(window)).toBe(recorded);
  expect(outcomesOf(window)).toHaveLength(1);
  expect(window.put).toEqual([]);
});

test('a quiet end that was recorded and not told is told again with the same evidence, whatever happens since', async () => {
  const window = await openedWindow();
  window.clock.advance(2 * hourSeconds);
  const broken = failing(window, 'callback', 'succeed');
  await expect(takeSample({ runId: 'run-1' }, broken)).rejects.toThrow(PlatformFailed);
  window.raise(full);

  await window.sampleAfter(60);

  const [outcome] = outcomesOf(window);
  expect(outcome).toMatchObject({ outcome: 'quiet', summary: '1 sample, no alarm' });
  expect(outcome?.evidence.sha256).toBe(hashOfEvidence(window));
});

test('an end that nobody waits for any more is told to the next attempt, by a schedule that stays until then', async () => {
  const window = await openedWindow();
  window.callback.forget(taskToken);

  await window.sampleAfter(2 * hourSeconds);

  expect(window.callback.answers).toEqual([]);
  expect(window.schedule.entries.size).toBe(1);

  const { previous, ports } = window;
  const baseline = await writeJson(window.store, 'runs/run-1/artifacts/baseline.json', sample());
  await openWindow({ run: await pin(), previous, baseline, taskToken: 'second' }, ports);
  await window.sampleAfter(300);

  expect(outcomesOf(window)).toMatchObject([{ outcome: 'quiet' }]);
  expect(window.schedule.entries.size).toBe(0);
});

test('another failure of the answer is no end: the schedule stays', async () => {
  const window = await openedWindow();
  window.clock.advance(2 * hourSeconds);
  const refusing = failing(window, 'callback', 'succeed');

  await expect(takeSample({ runId: 'run-1' }, refusing)).rejects.not.toBeInstanceOf(TaskNoLongerWaiting);
  expect(window.schedule.entries.size).toBe(1);
});

test('a schedule without a window is removed', async () => {
  const schedule = recordingSchedule();
  await schedule.create({
    name: 'monitor-gone',
    calls: 'SampleActivity',
    everySeconds: 1,
    until: new Date(),
    input: {},
  });

  await takeSample({ runId: 'gone' }, fakePorts({ store: memoryStore(), schedule }));

  expect(schedule.entries.size).toBe(0);
});
