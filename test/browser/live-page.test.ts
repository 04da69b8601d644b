import type { Browser } from 'playwright-core';
import { secret } from '#test/unit/local/web/ask';
import { historyOf, withSite } from '#test/unit/local/web/fake-site';
import { launchChromium, phone, photograph, withPage } from './chromium';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

const step1 = { name: 'Step 1: Code review' };
const begun = [0, 'TaskStateEntered', step1] as const;
const reviewed = [begun, [1500, 'TaskStateExited', step1]] as const;
const asked = [...reviewed, [1600, 'TaskStateEntered', { name: 'Approve review' }], [1700, 'TaskSubmitted']] as const;

test(
  'the page of a run shows what happens as it happens, and keeps the focus',
  () =>
    withSite((site) =>
      withPage(browser, phone, async ({ page, complaints }) => {
        const { engine, server, run } = site;
        await site.askByMail();
        engine.announce(historyOf(begun));
        await page.goto(`${server.url}/runs/${run.runId}?key=${secret}`);
        const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });
        await row('Step 1:').getByText('running').waitFor();
        const evidence = page.getByRole('link', { name: 'Evidence of Step 1: Code review' });
        const secondEvidence = page.getByRole('link', { name: 'Evidence of Step 2: Schema validation' });
        await secondEvidence.focus();

        engine.announce(historyOf(...reviewed));
        await row('Step 1:').getByText('1.5 s').waitFor();
        engine.announce(historyOf(...asked));
        await page.getByText('Waiting for an answer: Approve review.').waitFor();
        await row('Approve review').getByText('Asked: ada@example.org').waitFor();
        await photograph(page, 'run-waiting');

        expect(await evidence.count()).toBe(1);
        expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(
          'Evidence of Step 2: Schema validation',
        );
        expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
          0,
        );
        engine.announce(historyOf(...asked, [9000, 'ExecutionFailed']), {
          status: 'FAILED',
          stopDate: new Date('2026-11-22T08:00:09.000Z'),
          error: 'ApprovalRejected',
          cause: 'ada@example.org rejected the review: not now',
        });
        await page.getByText('ApprovalRejected').waitFor();
        await photograph(page, 'run-failed');
        expect(complaints).toEqual([]);
      }),
    ),
  60_000,
);

test(
  'without scripts the page is right when it is loaded',
  () =>
    withSite(({ engine, server, run }) =>
      withPage(browser, { javaScriptEnabled: false }, async ({ page }) => {
        engine.announce(historyOf(...reviewed));

        await page.goto(`${server.url}/?key=${secret}`);
        await page.getByRole('link', { name: run.runId }).click();

        await page.getByText('1.5 s').waitFor();
        expect(
          await page
            .getByRole('listitem')
            .filter({ hasText: /Step \d+:/ })
            .count(),
        ).toBe(16);
        await photograph(page, 'run-without-script');
      }),
    ),
  60_000,
);

test(
  'a run that starts appears in the list by itself',
  () =>
    withSite((site) =>
      withPage(browser, {}, async ({ page, complaints }) => {
        const { engine, server } = site;
        const [execution] = await engine.listExecutions();
        Object.assign(engine, { listExecutions: async () => [] });
        await page.goto(`${server.url}/?key=${secret}`);
        await page.getByText('There is no run yet.').waitFor();

        Object.assign(engine, { listExecutions: async () => [execution] });
        engine.announce(historyOf(begun));

        await page.getByRole('link', { name: site.run.runId }).waitFor();
        await photograph(page, 'runs');
        expect(complaints).toEqual([]);
      }),
    ),
  60_000,
);
