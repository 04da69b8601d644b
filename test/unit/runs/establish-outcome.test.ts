import { DatabaseUnreachable } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { ApplyState } from '#lambdas/ports/database';
import { run as establishOutcome } from '#lambdas/runs/establish-outcome';
import { pin, readStored } from '#test/support/a-run';
import { ledgerEntry } from '#test/support/documents';
import { fakeClock, fakePorts, memoryStore } from '#test/support/fake-ports';

const failure = {
  state: 'Step 8: Apply migration',
  error: 'OutcomeUnknown',
  cause: 'connection lost',
  committed: false,
};

const ask = async (answer: () => Promise<ApplyState>) => {
  const [store, asked] = [memoryStore(), [] as unknown[]];
  const ports = fakePorts({
    store,
    clock: fakeClock(),
    database: {
      establishOutcome: (...question) => {
        asked.push(question);
        return answer();
      },
    },
  });
  const result = establishOutcome({ run: await pin(), previous: [], failure }, ports);
  const documentOf = () => readStored<EvidenceDocument>(store, 'runs/run-1/08-establish-outcome.json');
  return { asked, result, documentOf };
};

test('a row of this run in the ledger is a commit, which proves Step 8', async () => {
  const { asked, result, documentOf } = await ask(async () => ({ entry: ledgerEntry(), progress: null }));

  expect(await result).toMatchObject({
    outcome: 'committed',
    evidence: { key: 'runs/run-1/08-establish-outcome.json' },
  });
  expect(asked).toMatchObject([
    [{ branchId: 'target' }, { version: '002', runId: 'run-1', sha256: expect.any(String) }],
  ]);
  expect(documentOf().boxes.map(({ box, answer }) => [box, answer])).toEqual([
    ['8.1', 'proved'],
    ['8.2', 'proved'],
    ['8.3', 'proved'],
  ]);
  expect(documentOf().facts).toEqual({ failure, entry: ledgerEntry(), progress: null });
});

test('no row is a rollback, which proves that it was one and nothing else', async () => {
  const { result, documentOf } = await ask(async () => ({ entry: null, progress: null }));

  expect(await result).toMatchObject({ outcome: 'not committed', failure });
  expect(documentOf().boxes).toEqual([
    expect.objectContaining({ box: '8.2', answer: 'proved', reason: expect.stringMatching(/^rolled back: /) }),
  ]);
});

test('some units without a row are neither: the failure says what stands, and a person has to be asked', async () => {
  const progress = {
    version: '002',
    runId: 'run-1',
    committed: ['1 of 2 (line 3, one transaction)'],
    units: 2,
  };
  const { result, documentOf } = await ask(async () => ({ entry: null, progress }));

  const standing = 'partly applied: unit 1 of 2 (line 3, one transaction) is committed';
  expect(await result).toMatchObject({
    outcome: 'partly applied',
    failure: { ...failure, committed: true, standing },
  });
  expect(documentOf().boxes).toEqual([
    expect.objectContaining({ box: '8.2', answer: 'failed', reason: `${standing}; the ledger has no row of this run` }),
  ]);
});

test('a ledger that cannot be asked proves nothing', async () => {
  const { result, documentOf } = await ask(() => Promise.reject(new DatabaseUnreachable('no answer')));

  await expect(result).rejects.toThrow(DatabaseUnreachable);
  expect(documentOf()).toMatchObject({ boxes: [], error: { name: 'DatabaseUnreachable', message: 'no answer' } });
});
