/** The disk is full behind the work of each function, whose answer is lost with it; with room again the run goes on to its sign-off. */
import promises from 'node:fs/promises';
import { folderFailure } from '#adapters/folder/folder-artifact-store';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRun } from '#local/runs';
import { isTargetFree } from '#test/support/faulty-run';
import { withRuntime, withSandbox } from '#test/support/local-run';

const full = () => folderFailure('write', 'the store', 'a.json', Object.assign(new Error('full'), { code: 'ENOSPC' }));

/** Once for each function that is called, and stage that is asked for. */
const withFullDisk = () => {
  const met = new Set<string>();
  let notSeen = 0;
  // Somebody makes room as soon as it was told that there is none.
  const statfs = jest.spyOn(promises, 'statfs').mockImplementation((async () => {
    const isFull = notSeen > 0;
    if (isFull) notSeen -= 1;
    return { bavail: isFull ? 1 : 300, bsize: 1e6 };
  }) as unknown as typeof promises.statfs);
  const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
    const answer = await call();
    const point = `${functionName} ${(payload as { readonly stage?: string }).stage ?? ''}`;
    if (met.has(point)) return answer;
    met.add(point);
    notSeen += 1;
    throw full();
  };
  return { met, intercept, restore: () => statfs.mockRestore() };
};

test('a run in which each function finds the disk full once is signed off, with one apply and every answer true', () =>
  withSandbox(async (sandbox) => {
    const disk = withFullDisk();
    try {
      await withRuntime(sandbox, { intercept: disk.intercept }, async (runtime) => {
        const end = await startRun(runtime, '001_create_jobs.sql');
        const { database, store } = runtime.ports;
        const ledger = await database.readLedger({ branchId: 'target' });
        const { problems } = await verifyEvidence(store, end.runId, null);
        const bad = {
          doubleApplies: ledger.length - 1,
          wrongClaims: problems,
          locksLeft: (await isTargetFree(runtime)) ? 0 : 1,
        };

        console.info(
          `full disk: ${disk.met.size} points, double applies ${bad.doubleApplies}, wrong claims ${problems.length}, locks left ${bad.locksLeft}`,
        );
        expect(end).toMatchObject({ isSignedOff: true });
        expect(bad).toEqual({ doubleApplies: 0, wrongClaims: [], locksLeft: 0 });
        expect(disk.met.size).toBeGreaterThan(20);
      });
    } finally {
      disk.restore();
    }
  }));
