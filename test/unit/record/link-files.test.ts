import type { Report } from '#domain/reports/report';
import { approvalKeys } from '#lambdas/record/keys';
import { linksUntilNow, readResentLinks, readWrongCodes } from '#lambdas/record/link-files';
import { endingIn, factsOfReport, renderReport } from '#lambdas/record/report';
import { pin, storeOfRun } from '#test/support/a-run';
import { document } from '#test/support/documents';
import type { MemoryStore } from '#test/support/fake-ports';

const type = (store: MemoryStore, stage: 'review' | 'apply', approver: string, number: number, at: string) =>
  store.write(
    approvalKeys.wrongCode('run-1', stage, approver, number),
    JSON.stringify({ runId: 'run-1', stage, approver, at }),
  );

const aStore = async () => {
  const store = await storeOfRun();
  await type(store, 'apply', 'ada@example.org', 2, '2026-11-22T09:02:00.000Z');
  await type(store, 'apply', 'ada@example.org', 1, '2026-11-22T09:01:00.000Z');
  await type(store, 'review', 'bob@example.org', 1, '2026-11-22T08:00:00.000Z');
  await store.write(
    approvalKeys.resent('run-1', 'apply', 'ada@example.org', 2),
    JSON.stringify({ approver: 'ada@example.org', by: 'ops', at: '2026-11-22T09:05:00.000Z' }),
  );
  return store;
};

test('wrong codes of all stages are read, the oldest first; what lies under the name of somebody else is none', async () => {
  const store = await aStore();
  const [forged, broken] = [1, 2].map((number) => approvalKeys.wrongCode('run-1', 'apply', 'eve@example.org', number));
  await store.write(forged ?? '', JSON.stringify({ approver: 'ada@example.org', at: '2026-11-22T09:03:00.000Z' }));
  await store.write(broken ?? '', '{"approver": ');

  expect(
    (await readWrongCodes(store, 'run-1')).map(({ stage, approver, at }) => [stage, approver, at.slice(11, 16)]),
  ).toEqual([
    ['review', 'bob@example.org', '08:00'],
    ['apply', 'ada@example.org', '09:01'],
    ['apply', 'ada@example.org', '09:02'],
  ]);
});

test('links that were sent again are read with whoever had it done; a file that does not say who is none', async () => {
  const store = await aStore();
  await store.write(
    approvalKeys.resent('run-1', 'apply', 'ada@example.org', 3),
    JSON.stringify({ approver: 'ada@example.org', at: '2026-11-22T09:06:00.000Z' }),
  );

  expect(await readResentLinks(store, 'run-1')).toEqual([
    { stage: 'apply', approver: 'ada@example.org', by: 'ops', at: '2026-11-22T09:05:00.000Z' },
  ]);
});

test('every form of the report lists them, and it is made again from what the closing document keeps', async () => {
  const [store, run] = [await aStore(), await pin()];
  const ended = {
    outcome: 'failed',
    cause: 'x',
    finishedAt: '2026-11-22T10:00:00.000Z',
    entry: null,
    findings: [],
  } as const;
  const rendered = await renderReport(store, run, [], { ...ended, ...(await linksUntilNow(store, 'run-1')) });
  const report = factsOfReport(rendered, { ...ended, ...(await linksUntilNow(store, 'run-1')) });
  const closing = document('close-run', { facts: { report, closing: { error: 'e', cause: 'x' } } });
  // Typed later: the run is closed.
  await type(store, 'apply', 'ada@example.org', 3, '2026-11-22T11:00:00.000Z');

  const again = await renderReport(
    store,
    run,
    [],
    endingIn(closing) ??
      (() => {
        throw new Error('no ending');
      })(),
  );

  expect(again.files).toEqual(rendered.files);
  for (const [key, text] of Object.entries(rendered.files))
    if (key.endsWith('.json')) expect((JSON.parse(text) as Report).wrongCodes).toMatchObject({ count: 3 });
    else {
      expect(text).toMatch(
        /Links sent again[\s\S]*a new link for ada.?@example\.org, sent by ops, at 2026-11-22 09:05 UTC/,
      );
      expect(text).toMatch(
        /Wrong codes[\s\S]*2 wrong codes with the link of ada.?@example\.org, at 2026-11-22 09:01 UTC, 2026-11-22 09:02 UTC/,
      );
    }
});

test('a run without wrong codes has a report without them', async () => {
  const [store, run] = [await storeOfRun(), await pin()];

  expect(await linksUntilNow(store, 'run-1')).toEqual({});
  const { files, report } = await renderReport(store, run, [], {
    ...{ outcome: 'failed', cause: null, finishedAt: '2026-11-22T10:00:00.000Z', entry: null, findings: [] },
  });
  expect(report).not.toHaveProperty('wrongCodes');
  for (const text of Object.values(files)) expect(text).not.toContain('Wrong codes');
});
