import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startAutoApprover } from '#commands/run/auto-approver';
import { approvalOf, decisionsIn, readMail, taskToken } from '#test/support/waiting-run';
import { asForm, ask } from '#test/unit/local/web/ask';
import { type FakeSite, withSite } from '#test/unit/local/web/fake-site';

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const withApprover = async (
  { mailDirectory }: FakeSite,
  work: (logged: readonly string[]) => Promise<void>,
  differing: { readonly pageBaseUrl?: string } = {},
) => {
  const logged: string[] = [];
  const approver = startAutoApprover({ mailDirectory, log: (text) => logged.push(text), ...differing });
  try {
    await work(logged);
  } finally {
    await approver.stop();
  }
};

/** As the mail folder gets it: the file appears whole. */
const writeMail = async ({ mailDirectory }: FakeSite, text: string) => {
  await mkdir(mailDirectory, { recursive: true });
  const aside = path.join(mailDirectory, '.moved.tmp');
  await writeFile(aside, `Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}`);
  await rename(aside, path.join(mailDirectory, 'moved.eml'));
};

test('a mail that comes is answered as a person would, with every box ticked', () =>
  withSite((site) =>
    withApprover(site, async (logged) => {
      await site.askByMail();
      await until(() => site.callback.answers.length > 0);

      expect(site.callback.answers).toEqual([
        {
          taskToken,
          output: expect.objectContaining({
            decision: 'approved',
            by: 'ada@example.org',
            reason: 'nobody looked (--yes)',
          }),
        },
      ]);
      expect(site.store.texts()['runs/run-1/approve-review.json']).toContain('"reason": "nobody looked (--yes)"');
      expect(logged).toEqual([]);
    }),
  ));

test('a mail that was there before is answered too', () =>
  withSite(async (site) => {
    await site.askByMail();

    await withApprover(site, () => until(() => site.callback.answers.length > 0));

    expect(site.callback.answers).toHaveLength(1);
  }));

test('a mail is answered as soon as it is there, not when the slow poll comes round', async () => {
  // Only the poll's interval stands still: what comes now comes from the watch.
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'setTimeout',
      'clearTimeout',
    ],
  });
  try {
    await withSite((site) =>
      withApprover(site, async () => {
        await site.askByMail();
        await until(() => site.callback.answers.length > 0);

        expect(jest.getTimerCount()).toBeGreaterThan(0);
        expect(site.callback.answers).toHaveLength(1);
      }),
    );
  } finally {
    jest.useRealTimers();
  }
});

test('of two approvers of one stage the second finds it decided, and nothing is said', () =>
  withSite(
    (site) =>
      withApprover(site, async (logged) => {
        await site.askByMail();
        await until(() => site.callback.answers.length > 0);

        expect(site.callback.answers).toHaveLength(1);
        expect(decisionsIn(site).filter((key) => !key.endsWith('.sig'))).toHaveLength(2);
        expect(logged).toEqual([]);
      }),
    { approvers: ['ada@example.org', 'bob@example.org'] },
  ));

test('what was decided before is left as it is', () =>
  withSite(async (site) => {
    await site.ask();
    const { path: link, code } = readMail(site.mail.delivered[0]);
    await ask(site.server, link, asForm({ ...approvalOf(code), choice: 'reject' }));
    await site.askByMail();

    await withApprover(site, async (logged) => {
      expect(logged).toEqual([]);
    });

    expect(site.callback.answers).toEqual([
      expect.objectContaining({ output: expect.objectContaining({ decision: 'rejected' }) }),
    ]);
  }));

test('a link of another machine is never opened', () =>
  withSite(async (site) => {
    const text = 'Subject: x\r\n\r\nhttp://evil.example/approvals/aaaa\r\nCode: ABCD-EFGH\r\n';
    const fetching = jest.spyOn(globalThis, 'fetch');

    await withApprover(site, async () => {
      await site.askByMail();
      await writeFile(path.join(site.mailDirectory, 'a-first.eml'), text);
      await until(() => site.callback.answers.length > 0);
    });

    const opened = fetching.mock.calls.map(([address]) => new URL(String(address)).hostname);
    fetching.mockRestore();
    expect(new Set(opened)).toEqual(new Set(['127.0.0.1']));
  }));

test('a mail that names the port of an earlier process is answered where the pages are now', () =>
  withSite(async (site) => {
    await site.ask();
    const { text } = site.mail.delivered[0] ?? { text: '' };
    await writeMail(site, text.replace(site.server.url, 'http://127.0.0.1:1'));

    await withApprover(site, () => until(() => site.callback.answers.length > 0), { pageBaseUrl: site.server.url });

    expect(site.callback.answers).toHaveLength(1);
  }));

test('a page that cannot be reached is said once, without link or code, and tried again', () =>
  withSite((site) =>
    withApprover(site, async (logged) => {
      await site.ask();
      const { text } = site.mail.delivered[0] ?? { text: '' };
      const { path: link, code } = readMail(site.mail.delivered[0]);
      await writeMail(site, text.replace(site.server.url, 'http://127.0.0.1:1'));
      await until(() => logged.length > 0);

      expect(logged).toEqual([expect.stringMatching(/^--yes cannot answer the mail moved\.eml: .*tried again$/)]);
      for (const secret of [link, code]) expect(logged.join()).not.toContain(secret);
    }),
  ));
