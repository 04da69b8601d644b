import { InvalidInput } from '#domain/errors';
import { openWebServer } from '#local/web/server';
import { approvalOf, decisionsIn, migrationName } from '#test/support/waiting-run';
import { asForm, ask, secret } from './ask';
import { type FakeSite, historyOf, withSite } from './fake-site';

/** Link and code as the mailbox page shows them. */
const openMail = async ({ fetch }: FakeSite) => {
  const mailbox = await (await fetch('/mailbox')).text();
  const file = /href="(\/mailbox\/[^"]+)"/.exec(mailbox)?.[1] ?? '';
  const mail = await (await fetch(file)).text();
  return {
    mailbox,
    path: /href="(\/approvals\/[^"]+)"/.exec(mail)?.[1] ?? '',
    code: /Code: (\S+)/.exec(mail)?.[1] ?? '',
  };
};

test('the list of runs leads to each run', () =>
  withSite(async ({ fetch, run }) => {
    const page = await (await fetch('/')).text();

    expect(page).toContain(`href="/runs/${run.runId}"`);
    expect(page).toContain('running');
  }));

test('the page of a run lists 16 steps and two approvals, what waits, and whom it asks', () =>
  withSite(async ({ fetch, engine, run, askByMail }) => {
    await askByMail();
    engine.announce(
      historyOf(
        [0, 'TaskStateEntered', { name: 'Step 1: Code review' }],
        [1500, 'TaskStateExited', { name: 'Step 1: Code review' }],
        [1600, 'TaskStateEntered', { name: 'Approve review' }],
        [1700, 'TaskSubmitted'],
      ),
    );

    const page = await (await fetch(`/runs/${run.runId}`)).text();

    expect(page.match(/<strong>Step \d+: /g)).toHaveLength(16);
    expect(page).toContain('Waiting for an answer: Approve review.');
    expect(page).toContain('Asked: ada@example.org, until 2026-11-22 09:00 UTC');
    expect(page).toContain('1.5 s');
    expect(page).toContain(`/evidence/runs/${run.runId}/01-code-review.json`);
    expect(page).toContain('1 failed, 1 open, 1 proved');
  }));

test('a run that nobody started is not found', () =>
  withSite(async ({ fetch }) => {
    expect((await fetch('/runs/unknown')).status).toBe(404);
    expect((await fetch('/runs/unknown/events')).status).toBe(404);
  }));

test('events carry the page as it changes, and end when the run has ended', () =>
  withSite(async ({ fetch, engine, run }) => {
    const response = await fetch(`/runs/${run.runId}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    const readUntil = async (text: string) => {
      while (!received.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended without "${text}": ${received}`);
        received += value;
      }
    };

    await readUntil('Between two states');
    engine.announce(historyOf([0, 'TaskStateEntered', { name: 'Step 1: Code review' }]));
    await readUntil('Running: Step 1: Code review.');
    engine.announce(historyOf([0, 'ExecutionSucceeded']), { status: 'SUCCEEDED', stopDate: new Date() });
    await readUntil('event: end');

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(received.split('\n').filter((line) => line !== '' && !/^(data|event|retry): ?/.test(line))).toEqual([]);
  }));

test('a status that can be read only a moment after its event still arrives', () =>
  withSite(async ({ fetch, engine, run }) => {
    const response = await fetch(`/runs/${run.runId}/events`);
    const running = await engine.describeExecution();
    const ended = async () => ({ ...running, status: 'SUCCEEDED', stopDate: new Date() });

    engine.announce(historyOf([0, 'ExecutionSucceeded']));
    setTimeout(() => Object.assign(engine, { describeExecution: ended }), 20);

    await expect(response.text()).resolves.toContain('event: end');
  }));

test('a reader who leaves gets no more events', () =>
  withSite(async ({ fetch, engine }) => {
    const leaving = new AbortController();
    const response = await fetch('/events', { signal: leaving.signal });
    await response.body?.getReader().read();
    expect(engine.listeners.size).toBe(1);

    leaving.abort();

    while (engine.listeners.size > 0) await new Promise(setImmediate);
    expect(engine.listeners.size).toBe(0);
  }));

test('a person approves with what the mailbox shows', () =>
  withSite(async (site) => {
    const { fetch, server, callback, askByMail } = site;
    await askByMail();
    const { mailbox, path, code } = await openMail(site);

    const page = await fetch(path);
    const answer = await ask(server, path, asForm(approvalOf(code)));

    expect(mailbox).toContain(`Approve review of ${migrationName} on staging`);
    expect(page.status).toBe(200);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('ada@example.org has approved this.');
    expect(callback.answers).toHaveLength(1);
  }));

test('GET and HEAD of an approval change nothing, and HEAD has no body', () =>
  withSite(async (site) => {
    const { server, store, askByMail, callback } = site;
    await askByMail();
    const { path } = await openMail(site);
    const before = store.texts();

    const head = await ask(server, path, { method: 'HEAD' });
    const get = await ask(server, path);

    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.body)));
    expect(store.texts()).toEqual(before);
    expect(callback.answers).toEqual([]);
  }));

test.each([
  ['another site', { origin: 'https://evil.example' }, 403],
  ['another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['a frame without origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
  ['an old browser that hides where it was', { origin: 'null' }, 403],
  ['the page itself under no-referrer', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 200],
  ['a program', {}, 200],
] as const)('a form sent by %s is answered by status %#', (_, headers, status) =>
  withSite(async (site) => {
    await site.askByMail();
    const { path, code } = await openMail(site);
    const form = asForm(approvalOf(code));

    const answer = await ask(site.server, path, { ...form, headers: { ...form.headers, ...headers } });

    expect(answer.status).toBe(status);
    expect(decisionsIn(site)).toHaveLength(status === 200 ? 2 : 0);
  }),
);

test.each(['evil.example', '127.0.0.1.evil.example:80', '10.0.0.1'])('the host %j is refused', (host) =>
  withSite(async ({ server }) => {
    const { status, body } = await ask(server, '/', { headers: { host } });

    expect(status).toBe(421);
    expect(body).not.toContain('run-1');
  }),
);

test.each(['localhost:4600', '[::1]', '127.0.0.1'])('the host %s is answered', (host) =>
  withSite(async ({ server }) => {
    expect((await ask(server, '/', { headers: { host } })).status).toBe(200);
  }),
);

test('another site cannot reach the API either', () =>
  withSite(async ({ server }) => {
    const headers = { 'x-amz-target': 'AWSStepFunctions.ListExecutions' };

    const foreign = await ask(server, '/', { method: 'POST', headers: { ...headers, origin: 'https://evil.example' } });
    const own = await ask(server, '/', { method: 'POST', headers });

    expect(foreign.status).toBe(403);
    expect(own.body).toBe('answered by the engine');
  }));

test.each([
  ['a form that is too long', { ...asForm({ reason: 'x'.repeat(70_000) }) }, 413],
  ['a body that is no form', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, 415],
  ['a method that no page has', { method: 'DELETE' }, 405],
] as const)('%s is refused by status', (_, request, status) =>
  withSite(async ({ server }) => {
    expect((await ask(server, `/approvals/${'a'.repeat(43)}`, request)).status).toBe(status);
  }),
);

test('evidence is shown for reading and as it is stored', () =>
  withSite(async ({ fetch, store, run }) => {
    const key = `runs/${run.runId}/01-code-review.json`;

    const page = await (await fetch(`/evidence/${key}`)).text();
    const raw = await (await fetch(`/raw/${key}`)).text();
    const sql = await (await fetch(`/evidence/runs/${run.runId}/migration.sql`)).text();

    expect(page).toContain('one statement has &lt;no&gt; comment');
    expect(raw).toBe(store.texts()[key]);
    expect(sql).toContain('DROP TABLE IF EXISTS notes');
  }));

test('what holds secrets or rows is not shown under any address', () =>
  withSite(async ({ server, store, run, askByMail }) => {
    await askByMail();
    await store.write(`runs/${run.runId}/16-monitor-watch.json`, '{"sealedToken": "sealed.1.AAAA"}');
    await store.write('backups/one/rows.json', '{"rows": []}');
    const keys = [...Object.keys(store.texts()).filter((key) => /approvals|monitor-watch|backups/.test(key))];

    for (const key of [...keys, `runs/${run.runId}/./approvals/review.json`, 'runs/x/../../etc/passwd.json'])
      for (const base of ['/evidence/', '/raw/'])
        expect([key, (await ask(server, base + key)).status]).toEqual([key, 404]);
    expect(keys).toHaveLength(6);
  }));

test('a report is shown with exactly the style it carries', () =>
  withSite(async ({ fetch, store, run }) => {
    await store.write(`runs/${run.runId}/report.html`, '<!doctype html><style>p{}</style><p>the report</p>');

    const response = await fetch(`/reports/${run.runId}`);

    expect(await response.text()).toContain('the report');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'sha256-[^']+';/);
    expect((await fetch('/reports/unknown')).status).toBe(404);
  }));

test('an empty mailbox says so, and only mails can be read from its folder', () =>
  withSite(async ({ fetch, server }) => {
    expect(await (await fetch('/mailbox')).text()).toContain('There is no mail yet.');
    for (const path of ['/mailbox/none.eml', '/mailbox/..%2fsecret.eml', '/mailbox/../../etc/passwd', '/mailbox/.eml'])
      expect((await ask(server, path)).status).toBe(404);
  }));

test('every page forbids what it does not need', () =>
  withSite(async ({ fetch, run }) => {
    for (const path of ['/', `/runs/${run.runId}`, '/mailbox', '/nowhere']) {
      const { headers } = await fetch(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';(?!.*unsafe)/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  }));

test('a defect is reported on the terminal without the address, and to the reader without the details', () =>
  withSite(async (site) => {
    await site.askByMail();
    const { path } = await openMail(site);
    Object.assign(site.store, { read: () => Promise.reject(new Error('the disk is gone')) });

    const { status, body } = await ask(site.server, path);

    expect(status).toBe(500);
    expect(body).not.toContain('the disk is gone');
    expect(site.logged).toEqual(['a page could not be made: Error: the disk is gone']);
  }, {}));

test('a taken port is an error that names the port and the remedy', () =>
  withSite(async ({ server }) => {
    const second = openWebServer({ port: server.port, secret, log: () => undefined });

    await expect(second).rejects.toThrow(InvalidInput);
    await expect(second).rejects.toThrow(new RegExp(`port ${server.port}.*another program.*--port`));
  }));

test('requests that come before there is a site wait for it', async () => {
  const server = await openWebServer({ port: 0, secret, log: () => undefined });
  const early = ask(server, '/');

  await withSite(async ({ store, engine, mailDirectory }) => {
    server.serve({ store, engine, mailDirectories: [mailDirectory], running: null });

    expect((await early).status).toBe(200);
  }).finally(() => server.close());
});
