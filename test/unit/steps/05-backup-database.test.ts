import { DatabaseUnreachable, PlatformFailed, StatementFailed } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import { evidenceOfStep } from '#lambdas/record/evidence';
import { run } from '#lambdas/steps/05-backup-database';
import { pin, readStored } from '#test/support/a-run';
import { fakeClock, fakePorts, memoryStore } from '#test/support/fake-ports';

const backup = {
  uri: 'file:///backup',
  versionId: null,
  sha256: 'aa',
  sizeBytes: 10,
  durationMs: 1,
  tables: [],
  tools: {},
};

test.each([
  ['open', new DatabaseUnreachable('the session was lost: terminating connection')],
  ['open', new PlatformFailed('branch not found (HTTP 404)')],
  ['failed', new StatementFailed('relation "a" does not exist', { sqlState: '42P01', line: 1, statement: 0 })],
] as const)('box 5.2 is %s when the restore ends with %s', async (expected, error) => {
  const store = memoryStore();
  const ports = fakePorts({
    store,
    clock: fakeClock(),
    platform: {
      createBranch: async () =>
        ({ branchId: 'br-1', name: 'restore-point', parentLsn: '0/1', isRestorable: true }) as never,
    },
    backups: {
      make: async () => backup as never,
      verify: () => Promise.reject(error),
    },
  });
  const input = { run: await pin(), previous: [], branch: { branchId: 'br-2', name: 'rehearsal' } };

  await expect(run(input as never, ports)).rejects.toBe(error);

  const { boxes } = readStored<EvidenceDocument>(store, `runs/run-1/${evidenceOfStep(5).name}.json`);
  expect(boxes.map(({ box, answer }) => [box, answer])).toEqual([
    ['5.1', 'proved'],
    ['5.2', expected],
    ['5.3', 'proved'],
  ]);
  expect(boxes[1]?.reason).toBe(`the restore did not finish: ${error.message}`);
});
