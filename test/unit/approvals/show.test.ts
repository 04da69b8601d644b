import { run as request } from '#lambdas/approvals/request';
import { approvalOf, askedRun, otherCode, readMail, taskToken } from '#test/support/waiting-run';

test('the page shows stage, migration, target, starter, results and rollback', async () => {
  const { get } = await askedRun();

  const { status, body } = await get();

  expect(status).toBe(200);
  for (const shown of [
    'Approve review: 002_create_notes.sql',
    'project project-1, branch branch-staging, database app',
    'starter@example.org',
    'CREATE TABLE notes',
    'DROP TABLE IF EXISTS notes',
    '1.5 documented inline',
    'key-not-named',
    '(line 2)',
  ])
    expect(body).toContain(shown);
});

test('what the migration says is text, never markup', async () => {
  const { get } = await askedRun();

  const { body } = await get();

  expect(body).toContain('&lt;b&gt;shown&lt;/b&gt;');
  expect(body).toContain('one statement has &lt;no&gt; comment');
  expect(body).not.toContain('<b>');
});

test('failures stand before everything that is proved', async () => {
  const { get } = await askedRun();

  const { body } = await get();

  expect(body.indexOf('1.5 documented inline')).toBeLessThan(body.indexOf('1.3 SQL is valid'));
});

test.each([
  ['review', ['attest-1.1', 'attest-2.1', 'attest-3.3', 'accept-1.5']],
  ['apply', ['attest-6.3', 'accept-1.5', 'accept-1.1', 'accept-2.1']],
  ['rollback', []],
] as const)('the stage %s asks to tick what is still unanswered', async (stage, fields) => {
  const { get } = await askedRun({ stage });

  const { body } = await get();

  expect([...body.matchAll(/type="checkbox" name="([^"]+)"/g)].map(([, name]) => name)).toEqual(fields);
});

test('a page about a rollback shows what failed', async () => {
  const failure = { state: 'Step 9: Verify schema', error: 'VerificationFailed', cause: 'gone', committed: true };
  const { get } = await askedRun({ stage: 'rollback', failure });

  expect((await get()).body).toContain('Step 9: Verify schema failed: VerificationFailed');
});

test('the page allows no script, is not kept, framed or named to others', async () => {
  const { get } = await askedRun();

  const { headers, body } = await get();

  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'/);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe/);
  expect(headers).toMatchObject({
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(body).not.toMatch(/<script|\son\w+=|\sstyle=/);
});

test('the page holds neither token nor code nor link', async () => {
  const { get, path, code } = await askedRun();

  const answer = JSON.stringify(await get());

  for (const secret of [taskToken.slice(0, 40), code, code.replace('-', ''), path])
    expect(answer).not.toContain(secret);
});

test('opening the page changes nothing', async () => {
  const { get, store, callback, mail } = await askedRun();
  const before = store.texts();

  await get();
  await get();

  expect(store.texts()).toEqual(before);
  expect(callback.answers).toEqual([]);
  expect(mail.sent).toHaveLength(1);
});

test.each(['/approvals/', '/approvals/nonsense', `/approvals/${'a'.repeat(43)}`, '/approvals/../runs/run-1/run.json'])(
  'the unknown address %s is answered 404 and tells nothing',
  async (path) => {
    const { get } = await askedRun();

    const { status, body } = await get(path);

    expect(status).toBe(404);
    expect(body).not.toMatch(/002_create_notes|run-1|ada@/);
  },
);

test('after its time the page is gone and tells nothing', async () => {
  const { get, clock } = await askedRun();
  clock.advance(3600);

  const { status, body } = await get();

  expect(status).toBe(410);
  expect(body).not.toMatch(/002_create_notes|run-1|ada@/);
});

test('a decision is shown to everybody who was asked, also after the time is over', async () => {
  const { get, post, code, mails, clock } = await askedRun({ approvers: ['ada@example.org', 'bob@example.org'] });
  await post({ ...approvalOf(code), reason: 'read & found good' });
  clock.advance(7200);

  const { status, body } = await get(mails[1]?.path);

  expect(status).toBe(200);
  expect(body).toContain('ada@example.org has approved this.');
  expect(body).toContain('read &amp; found good');
  expect(body).not.toContain('<form');
});

test('a link whose guesses are used up shows nothing any more', async () => {
  const { get, post, code } = await askedRun();
  for (let guess = 0; guess < 5; guess += 1) await post(approvalOf(otherCode(code)));

  const { status, body } = await get();

  expect(status).toBe(410);
  expect(body).not.toMatch(/002_create_notes|run-1|ada@/);
});

test('when an approver is taken out of the settings the others are asked anew, and the links of before are worth nothing', async () => {
  const { input, ports, get, mails, mail } = await askedRun({ approvers: ['ada@example.org', 'bob@example.org'] });
  const settings = { ...ports.settings, approvers: { ...ports.settings.approvers, review: ['ada@example.org'] } };

  await request(input, { ...ports, settings });

  expect(mail.delivered.map(({ to }) => to)).toEqual(['ada@example.org', 'bob@example.org', 'ada@example.org']);
  expect((await get(readMail(mail.delivered[2]).path)).status).toBe(200);
  for (const { path } of mails) expect((await get(path)).status).toBe(404);
});

test('evidence that was changed after the question was asked voids the page', async () => {
  const { get, store } = await askedRun();
  const key = 'runs/run-1/01-code-review.json';
  await store.write(key, store.texts()[key]?.replace('"failed"', '"proved"') ?? '');

  const { status, body } = await get();

  expect(status).toBe(409);
  expect(body).not.toContain('<form');
});
