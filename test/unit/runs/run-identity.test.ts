import { sha256Of } from '#domain/sha256';
import { toJson } from '#lambdas/record/json';
import { documentKey, pinnedKeys, reportKeys, signatureKey } from '#lambdas/record/keys';
import { ownerOf, releaseEndedLease } from '#lambdas/runs/run-identity';
import { pin } from '#test/support/a-run';
import { fakePorts, type MemoryStore, memoryStore, testSigning } from '#test/support/fake-ports';

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

const leaseOf = (holder: string, isExpired: boolean) => {
  const released: string[] = [];
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
  return { database, released };
};

/** The document that ends `runId`, as it lies in its folder. */
const endRun = async (
  store: MemoryStore,
  runId: string,
  { name = 'close-run', of = runId, error = null as unknown, isSigned = true } = {},
) => {
  const key = documentKey(runId, name);
  const text = toJson({ runId: of, name, error, facts: {} });
  await store.write(key, text);
  const ref = { key, sha256: sha256Of(text) };
  if (isSigned) await store.write(signatureKey(ref), await testSigning.signClosing(Buffer.from(text)));
};

test.each([
  ['is closed, and that is signed', 'run-0', {}, false, ['run-0']],
  ['is signed off', 'run-0', { name: 'sign-off' }, false, ['run-0']],
  ['is closed by what nobody has signed', 'run-0', { isSigned: false }, false, []],
  ["has another run's closing in its folder", 'run-0', { of: 'run-9' }, false, []],
  ['could not be closed', 'run-0', { error: { name: 'DatabaseUnreachable', message: '' } }, false, []],
  ['has a report and no closing, so it may be under way', 'run-0', null, false, []],
  ['is this one', 'run-1', {}, false, []],
  ['has let it expire', 'run-0', {}, true, []],
])('the lease of a run that %s', async (_, holder, closing, isExpired, expected) => {
  const store = memoryStore();
  await store.write(reportKeys(holder).json, '{}');
  if (closing) await endRun(store, holder, closing);
  const { database, released } = leaseOf(holder, isExpired);

  await releaseEndedLease({ database, store, signing: testSigning }, 'run-1');

  expect(released).toEqual(expected);
});
