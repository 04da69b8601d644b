import { sha256Of } from '#domain/sha256';
import { type Approval, requireApproval } from '#lambdas/record/approval';
import { toJson } from '#lambdas/record/json';
import { approvalKeys, documentKey, pinnedKeys, signatureKey } from '#lambdas/record/keys';
import type { ApprovalOutcome, RunPin } from '#statemachine/contract';
import { makeTestSigning, testSigning } from '#test/support/fake-ports';
import { applyApprovalOf, askedRun } from '#test/support/waiting-run';

const requestKey = approvalKeys.request('run-1', 'apply');
const decisionKey = approvalKeys.decision('run-1', 'apply', 'ada@example.org');
const evidenceKey = documentKey('run-1', 'approve-apply');

/** An apply that Ada has approved on her page. */
const approved = async (choice = 'approve') => {
  const asked = await askedRun({ stage: 'apply' });
  await asked.post({ ...applyApprovalOf(asked.code), choice, reason: 'good' });
  const [answer] = asked.callback.answers as readonly { readonly output: ApprovalOutcome }[];
  const ref = answer?.output.evidence ?? { key: '', sha256: '' };
  const require = (run: RunPin = asked.run, wanted: typeof ref | null = ref): Promise<Approval> =>
    requireApproval(asked.ports, run, 'apply', wanted);
  return { ...asked, ref, require };
};

type Approved = Awaited<ReturnType<typeof approved>>;

test('an approval of this run, stage, migration and evidence lets it pass, and says whose it is', async () => {
  const { require } = await approved();

  const approval = { by: 'ada@example.org', at: '2026-11-22T08:00:00.000Z', reason: 'good' };
  expect(await require()).toEqual(approval);
  expect(await require(undefined, null)).toEqual(approval);
});

test('a rejection is none', async () => {
  const { require } = await approved('reject');

  await expect(require()).rejects.toMatchObject({ name: 'ApprovalInvalid' });
});

test('a stage that nobody was asked about is approved by nobody', async () => {
  const { ports, run } = await approved();

  await expect(requireApproval(ports, run, 'review', null)).rejects.toThrow(/nobody has approved the review of run/);
});

test.each([
  ['the migration', { sha256: 'other' }],
  ['the rollback', { rollbackSha256: 'other' }],
  ['the checks', { checksSha256: 'other' }],
  ['the target', { target: { projectId: 'project-1', branchId: 'br-staging', database: 'shop' } }],
  ['who started', { startedBy: 'nobody@example.org' }],
  ['the pull request', { pullRequest: 'https://example.org/pull/1' }],
  ['the time to answer', { approvalTimeoutSeconds: 1_000_000 }],
])('an approval is void when %s is another one, and when the stored pin is', async (_, differing) => {
  const { require, run, store } = await approved();
  const other = { ...run, ...differing };

  await expect(require(other)).rejects.toMatchObject({ name: 'ApprovalInvalid' });
  await store.write(pinnedKeys(run.runId).run, toJson(other));
  await expect(require(other)).rejects.toThrow(/approval of ada@example.org was given for another migration/);
  await expect(require()).rejects.toThrow(/run\.json is not the pin of run run-1: it was changed/);
});

const change =
  (key: string, replace: (text: string) => string) =>
  async ({ store }: Approved) => {
    const before = store.texts()[key] ?? '';
    expect(replace(before)).not.toBe(before);
    await store.write(key, replace(before));
  };

const signedAnew =
  (key: string, replace: (text: string) => string, sign: keyof Pick<typeof testSigning, 'signRequest'>) =>
  async (run: Approved) => {
    await change(key, replace)(run);
    const bytes = Buffer.from(run.store.texts()[key] ?? '');
    const signature = await makeTestSigning()[sign](bytes);
    await run.store.write(signatureKey({ key, sha256: sha256Of(bytes) }), signature);
  };

const forgeries: Readonly<Record<string, (run: Approved) => Promise<unknown>>> = {
  'the evidence names another approver': change(evidenceKey, (text) => text.replaceAll('ada@', 'mallory@')),
  'the evidence attests to another box': change(evidenceKey, (text) => text.replaceAll('"6.3"', '"5.1"')),
  'the decision names another approver': change(decisionKey, (text) => text.replaceAll('ada@', 'mallory@')),
  'the decision says another reason': change(decisionKey, (text) => text.replace('good', 'fine')),
  'the decision was removed': ({ store }) => store.remove(decisionKey),
  'the decision is signed with another key': signedAnew(
    decisionKey,
    (text) => text.replace('good', 'fine'),
    'signRequest',
  ),
  'the request has a new time limit': change(requestKey, (text) =>
    text.replace(/"expiresAt": "2026/, '"expiresAt": "2030'),
  ),
  'the request asks somebody else': change(requestKey, (text) => text.replace('ada@', 'mallory@')),
  'the request asks for no ticks': change(requestKey, (text) => text.replace('"6.3"', '')),
  'the request names another starter': change(requestKey, (text) => text.replace('starter@', 'other@')),
  'the request is signed with another key': signedAnew(
    requestKey,
    (text) => text.replace('starter@', 'other@'),
    'signRequest',
  ),
  'the request was removed': ({ store }) => store.remove(requestKey),
  'a second decision is signed by nobody': ({ store }) =>
    store.write('runs/run-1/approvals/apply.decision.json', store.texts()[decisionKey] ?? ''),
  'the evidence that was shown was changed': change('runs/run-1/02-schema-validation.json', (text) => `${text} `),
};

test.each(Object.entries(forgeries))('%s: not an approval', async (_, forge) => {
  const run = await approved();
  await forge(run);

  await expect(run.require(undefined, null)).rejects.toMatchObject({
    name: expect.stringMatching(/ApprovalInvalid|ChecksumMismatch/),
  });
});

test('evidence whose hash the execution knows must be these very bytes', async () => {
  const { store, require } = await approved();
  await store.write(evidenceKey, `${store.texts()[evidenceKey]} `);

  await expect(require()).rejects.toMatchObject({ name: 'ChecksumMismatch' });
});

test('a decision that is signed with the key of requests is nobody’s', async () => {
  const { store, require } = await approved();
  const text = (store.texts()[decisionKey] ?? '').replace('good', 'fine');
  await store.write(decisionKey, text);
  const signature = await testSigning.signRequest(Buffer.from(text));
  await store.write(signatureKey({ key: decisionKey, sha256: sha256Of(text) }), signature);

  await expect(require()).rejects.toThrow(/is not a signature of it by the key with fingerprint [0-9a-f]{64}/);
});
