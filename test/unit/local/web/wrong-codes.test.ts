/** The page of a run on whose approval pages wrong codes were typed. */
import { approvalKeys } from '#lambdas/record/keys';
import { historyOf, withSite } from './fake-site';

test('it says whose link it was and when, at the question that it was about', () =>
  withSite(async ({ fetch, engine, run, ports }) => {
    const [runId, approver] = [run.runId, 'ada@example.org'];
    engine.announce(historyOf([0, 'TaskStateEntered', { name: 'Approve apply' }], [100, 'TaskSubmitted']));
    const before = await (await fetch(`/runs/${runId}`)).text();
    for (const [number, at] of ['2026-11-22T08:01:00.000Z', '2026-11-22T08:02:00.000Z'].entries())
      await ports.store.write(
        approvalKeys.wrongCode(runId, 'apply', approver, number + 1),
        JSON.stringify({ runId, stage: 'apply', approver, at }),
      );

    const page = await (await fetch(`/runs/${runId}`)).text();
    const rows = page.split('<li id="row-').filter((row) => row.includes('wrong codes'));

    expect(before).not.toContain('wrong code');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain('<strong>Approve apply</strong>');
    expect(rows[0]).toContain(
      'approve apply: 2 wrong codes with the link of ada@example.org, at 2026-11-22 08:01 UTC, 2026-11-22 08:02 UTC',
    );
  }));
