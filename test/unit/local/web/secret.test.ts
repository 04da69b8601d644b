/** Everybody on the machine reaches 127.0.0.1; the pages are for whoever started the program. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { addressWith, keepSecret, makeSecret, readKeptSecret } from '#local/web/secret';
import { approvalOf } from '#test/support/waiting-run';
import { withFolder } from '#test/support/with-folder';
import { asForm, ask, cookieOf, secret } from './ask';
import { type FakeSite, withSite } from './fake-site';

const stranger = { headers: { cookie: '' } };

const addresses = ({ run }: FakeSite) => [
  ...['/', '/mailbox', '/mailbox/x.eml', '/events', '/live.js', '/nowhere', '//evil.example/'],
  ...[`/runs/${run.runId}`, `/runs/${run.runId}/events`, `/reports/${run.runId}`],
  ...[`/evidence/runs/${run.runId}/01-code-review.json`, `/raw/runs/${run.runId}/run.json`],
];

const linkIn = async ({ fetch }: FakeSite) => {
  const mailbox = await (await fetch('/mailbox')).text();
  const mail = await (await fetch(/href="(\/mailbox\/[^"]+)"/.exec(mailbox)?.[1] ?? '')).text();
  return { link: /href="(\/approvals\/[^"]+)"/.exec(mail)?.[1] ?? '', code: /Code: (\S+)/.exec(mail)?.[1] ?? '' };
};

test('another user of the machine sees no run, no mail and no evidence', () =>
  withSite(async (site) => {
    await site.askByMail();
    const { code } = await linkIn(site);
    for (const address of addresses(site))
      for (const method of ['GET', 'HEAD', 'POST']) {
        const { status, body } = await ask(site.server, address, { ...stranger, method });
        expect([address, method, status]).toEqual([address, method, 401]);
        expect(body).not.toContain(code);
        expect(body).not.toContain(site.run.runId);
      }
  }));

test.each([
  ['no cookie', () => ''],
  ['a wrong one', ({ port }: { readonly port: number }) => `pages-${port}=x`],
  ['an empty one', ({ port }: { readonly port: number }) => `pages-${port}=`],
  ['that of another port', () => `pages-1=${secret}`],
  ['the secret under another name', () => `secret=${secret}`],
] as const)('%s is no login', (_, cookie) =>
  withSite(async ({ server }) => {
    expect((await ask(server, '/', { headers: { cookie: cookie(server) } })).status).toBe(401);
    expect((await ask(server, '/?key=wrong', { headers: { cookie: cookie(server) } })).status).toBe(401);
    expect((await ask(server, '/?key=', { headers: { cookie: cookie(server) } })).status).toBe(401);
  }),
);

test('the printed address gives a cookie that no script reads and no other site sends, and leaves the secret behind', () =>
  withSite(async ({ server, run }) => {
    const first = await ask(server, addressWith(secret, ''), stranger);
    const cookie = String(first.headers['set-cookie']);
    const then = await ask(server, String(first.headers['location']), {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });

    expect(first).toMatchObject({
      status: 303,
      body: '',
      headers: { location: '/', 'referrer-policy': 'no-referrer' },
    });
    expect(cookie).toBe(`${cookieOf(server).cookie}; Path=/; HttpOnly; SameSite=Strict`);
    expect(then.status).toBe(200);
    expect(then.body).toContain(run.runId);
    expect(then.body).not.toContain(secret);
  }));

test.each([
  ['/mailbox', '/mailbox'],
  ['/runs/run-1?x=1', '/runs/run-1?x=1'],
  ['//evil.example/a', '/evil.example/a'],
  ['/\\evil.example', '/evil.example'],
  ['http://evil.example/a', '/evil.example/a'],
])('the secret on %s leads to %s, on this server', (address, location) =>
  withSite(async ({ server }) => {
    const answer = await ask(server, `${address}${address.includes('?') ? '&' : '?'}key=${secret}`, stranger);

    expect([answer.status, answer.headers['location']]).toEqual([303, location]);
  }),
);

test('an approver needs the link and the code only, and comes to nothing else with them', () =>
  withSite(async (site) => {
    await site.askByMail();
    const { link, code } = await linkIn(site);

    const page = await ask(site.server, link, stranger);
    const form = asForm(approvalOf(code));
    const answer = await ask(site.server, link, { ...form, headers: { ...form.headers, cookie: '' } });

    expect(page.status).toBe(200);
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(answer.body).toContain('has approved this.');
    for (const address of [`${link}/../../mailbox`, `${link}/mailbox`, `/approvals/..%2fmailbox/x`])
      expect([address, (await ask(site.server, address, stranger)).status]).toEqual([address, 401]);
  }));

test('the secret is another at each start, and lies where only its owner reads it until the end', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'pages-secret');
    const [one, other] = [makeSecret(), makeSecret()];

    await keepSecret(folder, one);
    const remove = await keepSecret(folder, other, 'http://127.0.0.1:1');

    expect(one).not.toBe(other);
    expect(await readFile(file, 'utf8')).toBe(`${other}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readKeptSecret(folder)).toEqual({ secret: other, url: 'http://127.0.0.1:1' });
    await remove();
    await expect(stat(file)).rejects.toThrow('ENOENT');
    expect(await readKeptSecret(folder)).toBeNull();
  }));
