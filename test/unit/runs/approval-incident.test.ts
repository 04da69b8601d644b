/** Who is told, and of what, when the approvals of a run are not what people have answered. */
import type { Stage } from '#domain/approvals/stages';
import { toJson } from '#lambdas/record/json';
import { approvalKeys } from '#lambdas/record/keys';
import { findApprovalIncident, tellOfIncident } from '#lambdas/runs/approval-incident';
import type { CloseRunInput } from '#statemachine/contract';
import { pin, storeOfRun } from '#test/support/a-run';
import { fakePorts, recordingMail, testSettings, testSigning } from '#test/support/fake-ports';
import { approveStage } from '#test/support/signed-approval';

const approvers = { review: ['rita@example.org'], apply: ['ada@example.org'], rollback: ['rolf@example.org'] };

const aRun = async (...asked: readonly Stage[]) => {
  const [store, mail, run] = [await storeOfRun(), recordingMail(), await pin()];
  for (const stage of asked) await approveStage(store, run, stage, []);
  const ports = fakePorts({ store, mail, signing: testSigning, settings: testSettings({ approvers }) });
  const find = (ended: Partial<Pick<CloseRunInput, 'failure' | 'rollback'>> = {}, strange: readonly string[] = []) =>
    findApprovalIncident(ports, { run, failure: null, rollback: null, ...ended }, strange);
  return { store, mail, run, ports, find };
};

const failure = (error: string, cause: string) => ({ state: 'Create branch', error, cause, committed: false });

test('of approvals as people have left them nobody is told, whatever else the run failed of', async () => {
  const { find } = await aRun('review', 'apply');

  expect(await find()).toBeNull();
  expect(await find({ failure: failure('StatementFailed', 'no such table') })).toBeNull();
  expect(await find({}, ['runs/run-1/98-extra.json is named by no state of this run'])).toBeNull();
});

test('a decision that nobody has signed is told to those who were asked at its stage, by the signed request', async () => {
  const { store, find } = await aRun('review', 'apply');
  const key = approvalKeys.decision('run-1', 'review', 'mallory@example.org');
  await store.write(key, toJson({ by: 'mallory@example.org' }));

  const incident = await find();

  expect(incident).toMatchObject({ stages: ['review'], approvers: ['ada@example.org'] });
  expect(incident?.found).toEqual([expect.stringMatching(`^${key} is not believed: nobody has signed it`)]);
});

test('where the request itself is not believed, those of the configuration are told, not those whom it names', async () => {
  const { store, find } = await aRun('review');
  const key = approvalKeys.request('run-1', 'review');
  await store.write(key, toJson({ ...JSON.parse(store.texts()[key] ?? ''), approvers: ['mallory@example.org'] }));

  expect(await find()).toMatchObject({ stages: ['review'], approvers: ['rita@example.org'] });
});

test('an answer to a question that nobody has put, and evidence of an approval that nobody has given, are incidents', async () => {
  const { store, find } = await aRun('review');
  await store.write(approvalKeys.decision('run-1', 'apply', 'ada@example.org'), '{}');
  const forged = 'runs/run-1/approve-rollback.json is named by no state of this run';

  const incident = await find({}, [forged]);

  expect(incident).toMatchObject({ stages: ['apply', 'rollback'], approvers: ['ada@example.org', 'rolf@example.org'] });
  expect(incident?.found).toEqual([expect.stringMatching(/answers a question that nobody has put$/), forged]);
});

test.each([
  ['a state', { failure: failure('ApprovalInvalid', '{"errorMessage":"the pin was changed"}') }],
  [
    'the way back',
    { rollback: { outcome: 'failed', error: 'ApprovalInvalid', cause: 'the pin was changed' } as const },
  ],
])('what %s has refused is told of the question that was put last', async (_, ended) => {
  const { find } = await aRun('review', 'apply');

  expect(await find(ended)).toEqual({
    stages: ['apply'],
    approvers: ['ada@example.org'],
    found: ['the pin was changed'],
  });
});

test('approvers, starter and team are told once each, by a mail without a link that decides', async () => {
  const { mail, run, ports } = await aRun('review');
  const incident = {
    stages: ['review' as const],
    found: ['x.json is not believed'],
    approvers: ['ada@example.org', 'Ada <ADA@example.org>'],
  };

  const told = await tellOfIncident(ports, run, incident, 'Nothing was changed.');
  await tellOfIncident(ports, run, incident, 'Nothing was changed.');

  expect(told.map(({ to, isDelivered }) => [to, isDelivered])).toEqual([
    ['ada@example.org', true],
    ['bob@example.org', true],
    ['team@example.org', true],
  ]);
  expect(mail.delivered).toHaveLength(3);
  expect(mail.delivered[0]?.subject).toBe('Approvals not believed: 002_create_notes.sql (run run-1)');
  expect(mail.delivered[0]?.text).toMatch(/Found:\n {2}x\.json is not believed\n\nHow it ended: Nothing was changed\./);
  expect(mail.delivered[0]?.text.match(/https?:\S+/g)).toEqual(['http://127.0.0.1:4600/runs/run-1']);
  expect(mail.delivered[0]?.text).not.toMatch(/^Code:/m);
});

test('somebody who cannot be told keeps nobody else from it', async () => {
  const { run, ports } = await aRun('review');
  const mail = {
    send: async ({ to }: { readonly to: string }) => {
      if (to.startsWith('ada')) throw new Error('554 no such person');
      return { messageId: '<1>', answer: '250 accepted' };
    },
  };

  const told = await tellOfIncident(
    { ...ports, mail },
    run,
    { stages: ['review'], found: ['x'], approvers: ['ada@example.org'] },
    'ended',
  );

  expect(told.map(({ isDelivered, answer }) => [isDelivered, answer])).toEqual([
    [false, '554 no such person'],
    [true, '250 accepted'],
    [true, '250 accepted'],
  ]);
});
