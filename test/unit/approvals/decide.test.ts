import { stageQuestions } from '#domain/approvals/stages';
import type { EvidenceDocument } from '#domain/evidence/document';
import { sha256Of } from '#domain/sha256';
import { run as decide } from '#lambdas/approvals/decide';
import { requireApproval } from '#lambdas/record/approval';
import { approvalKeys, pinnedKeys, signatureKey } from '#lambdas/record/keys';
import type { ApprovalOutcome } from '#statemachine/contract';
import { testSigning } from '#test/support/fake-ports';
import {
  applyApprovalOf,
  approvalOf,
  askedRun,
  decisionsIn,
  migrationName,
  migrationText,
  otherCode,
  readMail,
  taskToken,
} from '#test/support/waiting-run';

const evidenceKey = 'runs/run-1/approve-review.json';

test('an approval answers the run once, with who, when and why', async () => {
  const { post, code, callback, store } = await askedRun();

  const answer = await post(approvalOf(code));

  expect(answer.status).toBe(200);
  expect(answer.body).toContain('ada@example.org has approved this.');
  expect(callback.answers).toEqual([
    {
      taskToken,
      output: {
        evidence: { key: evidenceKey, sha256: sha256Of(store.texts()[evidenceKey] ?? '') },
        decision: 'approved',
        by: 'ada@example.org',
        at: '2026-11-22T08:00:00.000Z',
        reason: 'read and found good',
      },
    },
  ]);
});

test('the evidence names what it follows, what was attested, and what was approved', async () => {
  const { post, code, store, input, clock } = await askedRun();
  clock.advance(600);

  await post(approvalOf(code));

  const document = JSON.parse(store.texts()[evidenceKey] ?? '') as EvidenceDocument;
  expect(document).toMatchObject({
    name: 'approve-review',
    startedAt: '2026-11-22T08:00:00.000Z',
    finishedAt: '2026-11-22T08:10:00.000Z',
    previous: input.previous.map(({ sha256 }) => sha256),
    boxes: [
      { box: '1.1', answer: 'attested', reason: 'attested by ada@example.org: read and found good' },
      { box: '2.1', answer: 'attested', reason: 'attested by ada@example.org: read and found good' },
      { box: '3.3', answer: 'attested', reason: 'attested by ada@example.org: the shop, says its team' },
    ],
    facts: {
      accepted: [
        {
          box: '1.5',
          answer: 'failed',
          found: 'one statement has <no> comment',
          by: 'ada@example.org',
          because: 'its name says it',
        },
      ],
      decision: 'approved',
      by: 'ada@example.org',
      binding: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
});

test('the step that applies accepts the evidence of the approval', async () => {
  const { post, code, callback, ports, run } = await askedRun({ stage: 'apply' });
  await post({ ...applyApprovalOf(code), reason: 'go' });
  const [answer] = callback.answers as readonly { readonly output: ApprovalOutcome }[];

  const approval = requireApproval(ports, run, 'apply', answer?.output.evidence ?? { key: '', sha256: '' });

  await expect(approval).resolves.toMatchObject({ by: 'ada@example.org', reason: 'go' });
});

test('a rejection needs no ticks and attests to nothing', async () => {
  const { post, code, callback, store } = await askedRun();

  const { body } = await post({ code, choice: 'reject', reason: 'not in this release', 'attest-1.1': 'yes' });

  expect(body).toContain('ada@example.org has rejected this.');
  expect(callback.answers).toEqual([
    expect.objectContaining({
      output: expect.objectContaining({ decision: 'rejected', reason: 'not in this release' }),
    }),
  ]);
  expect(JSON.parse(store.texts()[evidenceKey] ?? '').boxes).toEqual([]);
});

test.each([
  ['approve', 'onApproval', 'onRejection'],
  ['reject', 'onRejection', 'onApproval'],
] as const)('the page after %s says what follows from it, and not from the other', async (choice, follows, other) => {
  const { post, code } = await askedRun();

  const { body } = await post({ ...approvalOf(code), choice });

  expect(body).toContain(stageQuestions.review[follows]);
  expect(body).not.toContain(stageQuestions.review[other]);
});

test('a scanner that follows the link and sends the form without the code changes nothing', async () => {
  const { get, post, store, callback } = await askedRun();
  const before = store.texts();

  await get();
  for (const choice of ['approve', 'reject', '']) {
    const { status } = await post({ ...approvalOf(''), choice });
    expect(status).toBe(422);
  }
  await post({});
  await post(approvalOf('test'));

  expect(store.texts()).toEqual(before);
  expect(callback.answers).toEqual([]);
});

test('a wrong code brings the form back with what was typed and the attempts that are left', async () => {
  const { post, code } = await askedRun();

  const { status, body } = await post({ ...approvalOf(otherCode(code)), reason: 'a long <reason>', 'attest-2.1': '' });

  expect(status).toBe(403);
  expect(body).toContain('4 of 5 attempts left');
  expect(body).toContain('a long &lt;reason&gt;</textarea>');
  expect(body).toMatch(/name="attest-1\.1" value="yes" checked/);
  expect(body).toMatch(/value="approve" required checked/);
  expect(body).not.toContain(otherCode(code));
});

test('after five wrong codes the link is dead even for the right one, and another approver still decides', async () => {
  const { post, code, mails, callback } = await askedRun({ approvers: ['ada@example.org', 'bob@example.org'] });
  const statuses: number[] = [];
  for (let guess = 0; guess < 5; guess += 1) statuses.push((await post(approvalOf(otherCode(code)))).status);

  const late = await post(approvalOf(code));
  const other = await post(approvalOf(mails[1]?.code ?? ''), mails[1]?.path);

  expect(statuses).toEqual([403, 403, 403, 403, 410]);
  expect(late.status).toBe(410);
  expect(other.status).toBe(200);
  expect(callback.answers).toHaveLength(1);
});

test('many guesses at once are five guesses', async () => {
  const { post, code, callback } = await askedRun();
  const wrong = Array.from({ length: 20 }, () => post(approvalOf(otherCode(code))));

  const answers = await Promise.all(wrong);

  expect(answers.filter(({ status }) => status === 200)).toEqual([]);
  expect((await post(approvalOf(code))).status).toBe(410);
  expect(callback.answers).toEqual([]);
});

test('a right code with an incomplete form costs no attempt and comes back with the form', async () => {
  const { post, code, store, callback } = await askedRun();
  for (let time = 0; time < 10; time += 1) await post({ ...approvalOf(code), reason: '' });

  const { status, body } = await post({ code, choice: 'approve', reason: 'good', 'attest-1.1': 'yes' });

  expect(status).toBe(422);
  expect(body).toContain('2.1, 3.3 is missing');
  expect(body).toContain(`value="${code}"`);
  expect(decisionsIn({ store })).toEqual([]);
  expect(callback.answers).toEqual([]);
  expect((await post(approvalOf(code))).status).toBe(200);
});

test('after its time nobody can decide', async () => {
  const { post, code, clock, store, callback } = await askedRun();
  clock.advance(3600);

  const { status } = await post(approvalOf(code));

  expect(status).toBe(410);
  expect(decisionsIn({ store })).toEqual([]);
  expect(callback.answers).toEqual([]);
});

const changes: Readonly<Record<string, readonly [key: string, change: (text: string) => string]>> = {
  'the migration': [pinnedKeys('run-1').migration, () => migrationText.replace('note_id', 'note_key')],
  'the rollback': [pinnedKeys('run-1').migration, () => migrationText.replace('DROP TABLE IF EXISTS', 'DROP TABLE')],
  'evidence it was bound to': ['runs/run-1/02-schema-validation.json', (text) => text.replace('"open"', '"proved"')],
  'evidence further back': ['runs/run-1/00-open-run.json', (text) => text.replace('"facts": {}', '"facts": {"a": 1}')],
  'the pinned target': [pinnedKeys('run-1').run, (text) => text.replace('branch-staging', 'branch-main')],
  'the list of evidence': ['runs/run-1/approvals/review.json', (text) => text.replace('02-schema', '03-schema')],
};

test.each(Object.entries(changes))(
  'a change of %s after the question voids the approval and ends the run',
  async (_, [key, change]) => {
    const { post, code, store, callback } = await askedRun();
    const before = store.texts()[key] ?? '';
    const after = change(before);
    await store.write(key, after);

    const { status } = await post(approvalOf(code));

    expect(after).not.toBe(before);
    expect(status).toBe(409);
    expect(decisionsIn({ store })).toEqual([]);
    expect(callback.answers).toEqual([
      { taskToken, error: { name: 'ApprovalInvalid', cause: expect.stringMatching(/start a new run/i) } },
    ]);
  },
);

const closedDocument = (name: 'close-run' | 'sign-off') => ({
  [`runs/run-1/${name}.json`]: JSON.stringify({
    error: null,
    facts: { closing: { cause: 'It was stopped by hand.' } },
  }),
});

test.each([
  ['close-run', 'It was stopped by hand.'],
  ['sign-off', 'It was signed off.'],
] as const)(
  'after %s a wrong code and a right one are told that the run is closed, and add nothing',
  async (name, cause) => {
    const { post, get, code, store, callback, mail } = await askedRun();
    for (const [key, text] of Object.entries(closedDocument(name))) await store.write(key, text);
    const [texts, sent] = [store.texts(), mail.delivered.length];

    const answers = [await post(approvalOf(otherCode(code))), await post(approvalOf(code)), await get()];
    await store.remove('runs/run-1/02-schema-validation.json');
    const { 'runs/run-1/02-schema-validation.json': _, ...others } = texts;
    answers.push(await post(approvalOf(code)));

    for (const { status, body } of answers) {
      expect(status).toBe(410);
      expect(body).toContain('This run is closed');
      expect(body).toContain(cause);
    }
    expect(store.texts()).toEqual(others);
    expect(mail.delivered).toHaveLength(sent);
    expect(callback.answers).toEqual([]);
  },
);

test('a void approval is not ended by somebody without the code', async () => {
  const { post, store, callback } = await askedRun();
  await store.remove('runs/run-1/02-schema-validation.json');

  const { status } = await post(approvalOf(''));

  expect(status).toBe(409);
  expect(callback.answers).toEqual([]);
});

test('who started the run cannot decide even with a link, a code, and a request that names them', async () => {
  const { post, code, store, callback } = await askedRun({ startedBy: 'bob@example.org' });
  const key = approvalKeys.request('run-1', 'review');
  const text = (store.texts()[key] ?? '').replaceAll('bob@example.org', 'ADA@Example.org');
  const ref = { key, sha256: sha256Of(text) };
  await store.write(key, text);
  await store.write(signatureKey(ref), await testSigning.signRequest(Buffer.from(text)));
  for (const [link, record] of Object.entries(store.texts()).filter(([name]) => name.startsWith('approvals/')))
    await store.write(link, JSON.stringify({ ...JSON.parse(record), requestSha256: ref.sha256 }));

  const { status } = await post(approvalOf(code));

  expect(status).toBe(404);
  expect(callback.answers).toEqual([]);
});

test('somebody who changes their mind learns that it is too late, why, and what they can still do', async () => {
  const { post, code, store, callback, clock } = await askedRun();
  await post(approvalOf(code));
  const before = store.texts();
  clock.advance(10);

  const { status, body } = await post({ ...approvalOf(code), choice: 'reject', reason: 'changed my mind' });

  expect(status).toBe(200);
  expect(body).toContain('ada@example.org has approved this.');
  expect(body).toContain(
    'Your choice to reject comes too late and has no effect: you have approved this on 2026-11-22 08:00 UTC',
  );
  expect(body).toContain('stop its execution: http://127.0.0.1:4600/runs/run-1');
  expect(store.texts()).toEqual(before);
  expect(callback.answers).toHaveLength(1);
});

test('a second approver learns who decided, and that their own answer was not used', async () => {
  const { post, code, mails, callback } = await askedRun({ approvers: ['ada@example.org', 'bob@example.org'] });
  await post(approvalOf(code));

  const { body } = await post({ code: mails[1]?.code ?? '', choice: 'reject', reason: 'no' }, mails[1]?.path);

  expect(body).toContain('ada@example.org has approved this.');
  expect(body).toContain('it was not used');
  expect(callback.answers).toHaveLength(1);
});

test('of two decisions at the same moment one stands, and both people see which', async () => {
  const { post, code, mails, callback } = await askedRun({ approvers: ['ada@example.org', 'bob@example.org'] });

  const [first, second] = await Promise.all([
    post(approvalOf(code)),
    post({ code: mails[1]?.code ?? '', choice: 'reject', reason: 'no' }, mails[1]?.path),
  ]);

  expect(callback.answers).toHaveLength(1);
  const [answer] = callback.answers as readonly { readonly output: ApprovalOutcome }[];
  for (const { body } of [first, second])
    expect(body).toContain(`${answer?.output.by} has ${answer?.output.decision} this.`);
});

test('a crash before the run was told is healed by sending the form again', async () => {
  const { ports, path, code, get, post, callback, store } = await askedRun();
  const crashing = {
    ...ports,
    callback: { ...callback, succeed: () => Promise.reject(new Error('the process ended')) },
  };
  const crashed = decide({ method: 'POST', path, form: approvalOf(code) }, crashing);
  await expect(crashed).rejects.toThrow('the process ended');
  const recorded = store.texts();

  const seen = await get();
  const repeated = await post(approvalOf(code));

  expect(seen.body).toContain('ada@example.org has approved this.');
  expect(repeated.status).toBe(200);
  expect(store.texts()).toEqual(recorded);
  expect(callback.answers).toEqual([
    expect.objectContaining({
      output: expect.objectContaining({
        evidence: { key: evidenceKey, sha256: sha256Of(recorded[evidenceKey] ?? '') },
      }),
    }),
  ]);
});

test('a crash right after the decision is healed too: the evidence is the same whenever it is written', async () => {
  const { ports, path, code, post, callback, store, clock } = await askedRun();
  const crashing = {
    ...ports,
    store: {
      ...store,
      writeIfAbsent: (key: string, body: Uint8Array | string) =>
        key === evidenceKey ? Promise.reject(new Error('the disk is full')) : store.writeIfAbsent(key, body),
    },
  };
  await expect(decide({ method: 'POST', path, form: approvalOf(code) }, crashing)).rejects.toThrow('the disk is full');
  clock.advance(30);

  await post(approvalOf(code));

  expect(callback.answers).toEqual([
    expect.objectContaining({ output: expect.objectContaining({ at: '2026-11-22T08:00:00.000Z' }) }),
  ]);
  expect(JSON.parse(store.texts()[evidenceKey] ?? '').finishedAt).toBe('2026-11-22T08:00:00.000Z');
});

test('somebody without the code does not set anything going after a crash', async () => {
  const { ports, path, code, post, callback } = await askedRun();
  const crashing = {
    ...ports,
    callback: { ...callback, succeed: () => Promise.reject(new Error('the process ended')) },
  };
  await expect(decide({ method: 'POST', path, form: approvalOf(code) }, crashing)).rejects.toThrow();

  await post({ ...approvalOf(otherCode(code)) });

  expect(callback.answers).toEqual([]);
});

test('a run that no longer waits is told to the person, and the decision is kept', async () => {
  const { post, code, callback, store } = await askedRun();
  callback.forget(taskToken);

  const { status, body } = await post(approvalOf(code));

  expect(status).toBe(200);
  expect(body).toContain('the run no longer waits for this answer');
  expect(decisionsIn({ store })).toHaveLength(2);
});

test('the token stands in no page, no evidence and no output', async () => {
  const { get, post, code, path, store, callback } = await askedRun();

  const pages = [await get(), await post(approvalOf(otherCode(code))), await post(approvalOf(code)), await get()];

  const outputs = callback.answers.map((answer) => ('output' in answer ? answer.output : answer.error));
  const seen = JSON.stringify([pages, store.texts(), Object.keys(store.texts()), outputs]);
  for (const secret of [taskToken.slice(0, 40), code.replace('-', ''), path.slice('/approvals/'.length)])
    expect(seen).not.toContain(secret);
});

test('the pages answer only to the method they are for', async () => {
  const { ports, path } = await askedRun();

  const answer = await decide({ method: 'GET', path, form: {} }, ports);

  expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

test('of two equal forms at one moment both are told that the decision is being carried out', async () => {
  const { post, code, callback } = await askedRun();

  const pages = await Promise.all([post(approvalOf(code)), post(approvalOf(code))]);

  for (const { status, body } of [...pages, await post(approvalOf(code))]) {
    expect(status).toBe(200);
    expect(body).toContain('Your decision is recorded, and it is being carried out.');
    expect(body).not.toContain('no effect');
  }
  expect(callback.answers).toHaveLength(1);
});

const two = {
  approvers: ['ada@example.org', 'bob@example.org', 'carol@example.org'],
  settings: { approvalsNeeded: { review: 2, apply: 2, rollback: 2 } },
};

test('where two must approve, the run waits for the second, and each page says who has answered and who is missing', async () => {
  const { post, get, code, mails, callback, store } = await askedRun(two);

  const first = await post(approvalOf(code));
  const again = await post({ ...approvalOf(code), choice: 'reject' });
  const others = await get(mails[1]?.path);
  expect(callback.answers).toEqual([]);
  const second = await post(approvalOf(mails[1]?.code ?? ''), mails[1]?.path);

  expect(first.body).toContain('2 different people must approve; 1 is missing.');
  expect(first.body).toContain('not answered yet: bob@example.org, carol@example.org');
  expect(again.body).toContain('Another approver can still reject it.');
  expect(others.body).toContain('<strong>ada@example.org</strong>');
  expect(others.body).toContain('<form');
  expect(second.body).toContain('bob@example.org has approved this.');
  expect(callback.answers).toEqual([
    expect.objectContaining({
      output: expect.objectContaining({ decision: 'approved', by: 'ada@example.org and bob@example.org' }),
    }),
  ]);
  expect(JSON.parse(store.texts()[evidenceKey] ?? '').boxes[2].reason).toBe(
    'attested by ada@example.org: the shop, says its team; bob@example.org: the shop, says its team',
  );
});

test('where two must approve, one rejection ends it', async () => {
  const { post, code, mails, callback } = await askedRun(two);
  await post(approvalOf(code));

  await post({ code: mails[2]?.code ?? '', choice: 'reject', reason: 'no' }, mails[2]?.path);
  const late = await post(approvalOf(code));

  expect(callback.answers).toEqual([
    expect.objectContaining({ output: expect.objectContaining({ decision: 'rejected', by: 'carol@example.org' }) }),
  ]);
  expect(late.body).toContain('carol@example.org has rejected this');
  expect(late.body).toContain('one rejection is enough');
});

test('who started may be one of the two', async () => {
  const { post, code, mails, callback } = await askedRun({ ...two, startedBy: 'Ada <ada@example.org>' });

  await post(approvalOf(code));
  await post(approvalOf(mails[1]?.code ?? ''), mails[1]?.path);

  expect(callback.answers).toHaveLength(1);
});

test('after five wrong codes everybody is told and the approver gets a new link, three in all', async () => {
  const { post, code, mail, store, callback, mails } = await askedRun();
  const spend = async (path: string, right: string) => {
    for (let guess = 0; guess < 5; guess += 1) await post(approvalOf(otherCode(right)), path);
    return mail.delivered.map(({ to, subject }) => `${to}: ${subject.split(':')[0]}`);
  };
  const told = ['ada@example.org: Wrong codes', 'starter@example.org: Wrong codes', 'team@example.org: Wrong codes'];
  const asked = `ada@example.org: Approve review of ${migrationName} on staging (run run-1)`;

  const [first] = mails;
  expect(await spend(first?.path ?? '', code)).toEqual([asked, ...told, asked]);
  const second = readMail(mail.delivered.at(-1));
  expect(second.path).not.toBe(first?.path);
  expect(await spend(second.path, second.code)).toHaveLength(9);
  const third = readMail(mail.delivered.at(-1));
  expect((await post(approvalOf(second.code), second.path)).status).toBe(410);
  expect((await post(approvalOf(third.code), third.path)).status).toBe(200);

  expect(callback.answers).toHaveLength(1);
  const kept = Object.entries(store.texts()).filter(([key]) => key.includes('wrong-code-'));
  expect(kept).toHaveLength(10);
  expect(JSON.parse(kept[0]?.[1] ?? '')).toEqual({
    runId: 'run-1',
    stage: 'review',
    approver: 'ada@example.org',
    at: '2026-11-22T08:00:00.000Z',
  });
});

test('when the last link is dead nobody is sent another, and it is said', async () => {
  const { post, mail } = await askedRun();
  for (let link = 0; link < 3; link += 1) {
    const { path, code } = readMail(mail.delivered.at(-1));
    for (let guess = 0; guess < 5; guess += 1) await post(approvalOf(otherCode(code)), path);
  }

  expect(mail.delivered.at(-1)?.text).toContain('It was the last link of ada@example.org');
});
