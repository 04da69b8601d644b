import { sealMark } from '#domain/approvals/seal';
import { MigrationRefused } from '#domain/errors';
import { run as request } from '#lambdas/approvals/request';
import type { MailMessage } from '#lambdas/ports/people';
import { approvalKeys } from '#lambdas/record/keys';
import { approvalOf, askedRun, migrationName, readMail, taskToken, waitingRun } from '#test/support/waiting-run';

test('each approver gets one mail with one link and a code', async () => {
  const { ask, mail } = await waitingRun({ approvers: ['ada@example.org', 'bob@example.org', 'ADA@example.org'] });

  const output = await ask();

  expect(mail.sent.map(({ to }) => to)).toEqual(['ada@example.org', 'bob@example.org']);
  for (const { text } of mail.sent) {
    expect(text.match(/https?:\/\//g)).toHaveLength(1);
    expect(readMail({ text })).toEqual({
      path: expect.stringMatching(/^\/approvals\/[\w-]{43}$/),
      code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
    });
  }
  expect(new Set(mail.sent.map((sent) => readMail(sent).code)).size).toBe(2);
  expect(output).toEqual({
    approvers: ['ada@example.org', 'bob@example.org'],
    expiresAt: '2026-11-22T09:00:00.000Z',
  });
});

test('the mail says what is asked, what was found, by when, and who started', async () => {
  const { ask, mail } = await waitingRun();

  await ask();

  expect(mail.sent[0]).toMatchObject({
    subject: `Approve review of ${migrationName} on staging (run run-1)`,
    text: expect.stringMatching(
      /starter@example\.org[\s\S]*09:00 UTC[\s\S]*1 failed, 2 open, 1 proved[\s\S]*failed 1\.5/,
    ),
  });
});

test('a question about a rollback says what failed in the words of the error', async () => {
  const cause = JSON.stringify({ errorType: 'VerificationFailed', errorMessage: 'index idx_notes is missing' });
  const { ask, mail } = await waitingRun({
    stage: 'rollback',
    failure: { state: 'Step 9: Verify schema', error: 'VerificationFailed', cause, committed: true },
  });

  await ask();

  expect(mail.sent[0]?.text).toContain('Step 9: Verify schema: VerificationFailed: index idx_notes is missing');
});

test('asking again with the same input changes nothing and sends the same mail', async () => {
  const { ask, mail, store, clock } = await waitingRun();
  await ask();
  const before = store.texts();
  clock.advance(60);

  await ask();

  expect(store.texts()).toEqual(before);
  expect(mail.sent).toHaveLength(2);
  expect(mail.sent[1]).toEqual(mail.sent[0]);
});

test('a new task gets its own sealed token, and the mail that was sent stays good', async () => {
  const { input, ports, mail, code, post, callback, clock } = await askedRun();
  clock.advance(600);

  const { expiresAt } = await request({ ...input, taskToken: 'the new token' }, ports);
  const answer = await post(approvalOf(code));

  expect(expiresAt).toBe('2026-11-22T09:00:00.000Z');

  expect(mail.delivered).toHaveLength(1);
  expect(answer.status).toBe(200);
  expect(callback.answers).toEqual([expect.objectContaining({ taskToken: 'the new token' })]);
});

test('a new task after the time was over asks anew with a new mail', async () => {
  const { input, ports, mail, clock } = await askedRun();
  clock.advance(3600);

  const output = await request({ ...input, taskToken: 'the new token' }, ports);

  expect(output.expiresAt).toBe('2026-11-22T10:00:00.000Z');
  expect(mail.delivered).toHaveLength(2);
});

test('a link works from the moment its mail is sent', async () => {
  const { input, ports, mail, store } = await waitingRun();
  const known: boolean[] = [];
  const watching = {
    ...mail,
    send: async (message: MailMessage) => {
      const link = readMail(message).path.slice('/approvals/'.length);
      known.push(approvalKeys.link(link) in store.texts());
      return mail.send(message);
    },
  };

  await request(input, { ...ports, mail: watching });

  expect(known).toEqual([true]);
});

test('what an approver attested is still asked for when the question is put once more', async () => {
  const { input, ports, post, code, store } = await askedRun();
  const asked = () => JSON.parse(store.texts()[approvalKeys.request('run-1', 'review')] ?? '').attestations;
  await post(approvalOf(code));

  await request({ ...input, taskToken: 'the new token' }, ports);

  expect(asked()).toEqual(['1.1', '2.1', '3.3']);
});

test('a new task after the decision is answered without asking anybody again', async () => {
  const { input, ports, mail, post, code, callback } = await askedRun();
  await post(approvalOf(code));

  await request({ ...input, taskToken: 'the new token' }, ports);

  expect(mail.sent).toHaveLength(1);
  expect(callback.answers.map((answer) => answer.taskToken)).toEqual([taskToken, 'the new token']);
});

test('other evidence makes other secrets, and the old link is worth nothing', async () => {
  const { input, ports, mail, get, path, writeAnother } = await askedRun();

  await request({ ...input, previous: [...input.previous, await writeAnother()] }, ports);

  expect(mail.delivered).toHaveLength(2);
  expect(readMail(mail.delivered[1]).path).not.toBe(path);
  expect((await get(path)).status).toBe(404);
});

test('a decision that was made for other evidence is not taken for this', async () => {
  const { input, ports, post, code, writeAnother } = await askedRun();
  await post(approvalOf(code));

  const again = request({ ...input, previous: [...input.previous, await writeAnother()] }, ports);

  await expect(again).rejects.toMatchObject({ name: 'ApprovalInvalid' });
});

test('who started the run is not asked', async () => {
  const { ask, mail } = await waitingRun({
    startedBy: 'Ada@Example.org',
    approvers: ['ada@example.org', 'bob@example.org'],
  });

  await ask();

  expect(mail.sent.map(({ to }) => to)).toEqual(['bob@example.org']);
});

test.each([
  [['ada@example.org'], /ada@example\.org started the run.*Name another approver/],
  [[], /no approver is configured.*Name another approver/],
])('with nobody left to ask (%j) the run is refused with the remedy', async (approvers, message) => {
  const { ask, mail } = await waitingRun({ startedBy: 'ADA@example.org', approvers });

  await expect(ask()).rejects.toThrow(MigrationRefused);
  await expect(ask()).rejects.toThrow(message);
  expect(mail.sent).toEqual([]);
});

test('neither token nor link nor code can be read from the store or the output', async () => {
  const { ask, store, mail } = await waitingRun();

  const output = await ask();

  const { path, code } = readMail(mail.sent[0]);
  const everything = JSON.stringify([store.texts(), Object.keys(store.texts()), output]);
  for (const secret of [taskToken.slice(0, 40), path.slice('/approvals/'.length), code, code.replace('-', '')])
    expect(everything).not.toContain(secret);
  expect(store.texts()[approvalKeys.task('run-1', 'review')]).toContain(sealMark);
  expect(JSON.stringify(mail.sent)).not.toContain(taskToken.slice(0, 40));
});
