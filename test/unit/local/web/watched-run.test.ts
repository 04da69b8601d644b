/** The page of a run whose target is watched. */
import { addSample, addSuspended, emptySummary } from '#domain/monitoring/watch';
import { watchKeys } from '#lambdas/record/keys';
import { sample } from '#test/unit/domain/monitoring/samples';
import { historyOf, startedAt, withSite } from './fake-site';

const watching = historyOf([0, 'TaskStateEntered', { name: 'Step 16: Monitor' }], [100, 'TaskSubmitted']);
const until = '2026-11-23T08:00:00.000Z';

test('it says until when, and what was seen so far', () =>
  withSite(async ({ fetch, engine, run, ports }) => {
    const keys = watchKeys(run.runId);
    const seen = addSample(emptySummary, startedAt, sample({ at: '2026-11-22T08:05:00.000Z', connections: 12 }), []);
    const summary = addSuspended(seen, startedAt, '2026-11-22T08:10:00.000Z');
    await ports.store.write(keys.watch, JSON.stringify({ until }));
    engine.announce(watching);

    const before = await (await fetch(`/runs/${run.runId}`)).text();
    await ports.store.write(keys.summary, JSON.stringify(summary));
    const page = await (await fetch(`/runs/${run.runId}`)).text();

    expect(before).toContain(`The target is watched until ${until}: no sample yet.`);
    expect(page).toContain(
      `The target is watched until ${until}: 1 sample, at most 12 of 100 connections and 0 lock waits, asleep at 1 look.`,
    );
  }));
