import { pinnedKeys, reportKeys } from '#lambdas/record/keys';
import { ownerOf, releaseEndedLease } from '#lambdas/runs/run-identity';
import { pin } from '#test/support/a-run';
import { fakePorts, memoryStore } from '#test/support/fake-ports';

const execution = { id: 'arn:run-1', name: 'run-1', startedAt: '2026-11-22T08:00:00.000Z' };

test('two runs draw two tokens', async () => {
  const store = memoryStore();

  expect(await ownerOf({ store }, execution)).not.toBe(await ownerOf({ store }, execution));
});

test('a second call of the same execution goes on with the token of the first', async () => {
  const store = memoryStore();
  await store.write(pinnedKeys('run-1').run, JSON.stringify(await pin({ owner: 'drawn' })));

  expect(await ownerOf({ store }, execution)).toBe('drawn');
});

test('a name that another execution has had is refused, with when and what to do', async () => {
  const store = memoryStore();
  await store.write(pinnedKeys('run-1').run, JSON.stringify(await pin({ owner: 'drawn' })));

  await expect(ownerOf({ store }, { ...execution, startedAt: '2027-03-01T08:00:00.000Z' })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringMatching(/run-1 was started at 2026-11-22T08:00:00.000Z already.*with another name/),
  });
});

test.each([
  ['has its report', 'run-0', true, false, ['run-0']],
  ['has no report, so it may be under way', 'run-0', false, false, []],
  ['is this one', 'run-1', true, false, []],
  ['has let it expire', 'run-0', true, true, []],
])('the lease of a run that %s', async (_, holder, hasReport, isExpired, expected) => {
  const [store, released] = [memoryStore(), [] as string[]];
  if (hasReport) await store.write(reportKeys(holder).json, '{}');
  const times = { acquiredAt: '2026-11-22T08:00:00.000Z', expiresAt: '2026-11-24T08:00:00.000Z' };
  const { database } = fakePorts({
    database: {
      readTargetState: async () => ({
        ledger: [],
        others: [],
        lease: { runId: holder, holder: '001_a.sql', ...times, isExpired },
      }),
      releaseLease: async (__, { runId }) => {
        released.push(runId);
      },
    },
  });

  await releaseEndedLease({ database, store }, 'run-1');

  expect(released).toEqual(expected);
});
