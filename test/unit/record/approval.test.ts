import { bindingOf } from '#domain/approvals/binding';
import { ApprovalInvalid, ChecksumMismatch } from '#domain/errors';
import { requireApproval } from '#lambdas/record/approval';
import { writeJson } from '#lambdas/record/json';
import { pin } from '#test/support/a-run';
import { document } from '#test/support/documents';
import { memoryStore } from '#test/support/fake-ports';

/** An approval of the apply that covers one document of evidence. */
const approved = async (facts: Readonly<Record<string, unknown>> = {}, runId = 'run-1') => {
  const store = memoryStore();
  const run = await pin();
  const evidence = [await writeJson(store, 'runs/run-1/06-dry-run.json', document('06-dry-run'))];
  const binding = bindingOf({ run, stage: 'apply', evidence });
  const given = {
    stage: 'apply',
    decision: 'approved',
    by: 'ada@example.org',
    at: 'then',
    reason: 'good',
    binding,
    evidence,
  };
  const decision = document('approve-apply', { runId, facts: { ...given, ...facts } });
  const ref = await writeJson(store, 'runs/run-1/approve-apply.json', decision);
  return { store, run, ref };
};

test('an approval of this run, stage, migration and evidence lets it pass, and says whose it is', async () => {
  const { store, run, ref } = await approved();

  expect(await requireApproval(store, run, 'apply', ref)).toEqual({
    by: 'ada@example.org',
    at: 'then',
    reason: 'good',
  });
});

test.each([
  ['a rejection', { decision: 'rejected' }, 'run-1'],
  ['an approval of another stage', { stage: 'review' }, 'run-1'],
  ['an approval of another run', {}, 'run-2'],
  ['evidence that is no decision', { decision: undefined }, 'run-1'],
])('%s is none', async (_, facts, runId) => {
  const { store, run, ref } = await approved(facts, runId);

  await expect(requireApproval(store, run, 'apply', ref)).rejects.toThrow(ApprovalInvalid);
});

test.each([
  ['the migration', { sha256: 'other' }],
  ['the rollback', { rollbackSha256: 'other' }],
  ['the checks', { checksSha256: 'other' }],
  ['the target', { target: { projectId: 'project-1', branchId: 'br-staging', database: 'shop' } }],
])('an approval is void when %s is another one', async (_, differing) => {
  const { store, run, ref } = await approved();

  await expect(requireApproval(store, { ...run, ...differing }, 'apply', ref)).rejects.toThrow(
    /approval of ada@example.org was given for another migration/,
  );
});

test('an approval does not cover another list of evidence than was seen', async () => {
  const { store, run, ref } = await approved({ evidence: [] });

  await expect(requireApproval(store, run, 'apply', ref)).rejects.toThrow(ApprovalInvalid);
});

test('evidence that was changed after the approval voids it', async () => {
  const { store, run, ref } = await approved();
  await store.write('runs/run-1/06-dry-run.json', '{}');

  await expect(requireApproval(store, run, 'apply', ref)).rejects.toThrow(ChecksumMismatch);
});

test('a decision that was changed after it was made is none', async () => {
  const { store, run, ref } = await approved();
  await store.write(ref.key, `${store.texts()[ref.key]} `);

  await expect(requireApproval(store, run, 'apply', ref)).rejects.toThrow(ChecksumMismatch);
});
