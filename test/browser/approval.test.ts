import type { Browser, Page } from 'playwright-core';
import { secret } from '#test/unit/local/web/ask';
import { type FakeSite, withSite } from '#test/unit/local/web/fake-site';
import { launchChromium, phone, photograph, withPage } from './chromium';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

const focused = (page: Page) =>
  page.evaluate(
    `(() => { const { tagName, id, name, value, type, href } = document.activeElement; return { tagName, id, name, value, type, href }; })()`,
  ) as Promise<Readonly<Record<string, string | undefined>>>;

/** Tab after Tab, as somebody without a mouse goes; fails after more stops than a page may have. */
const tabTo = async (page: Page, isThere: (element: Readonly<Record<string, string | undefined>>) => boolean) => {
  for (let stops = 0; stops < 60; stops += 1) {
    await page.keyboard.press('Tab');
    if (isThere(await focused(page))) return;
  }
  throw new Error(`60 Tabs did not lead there; the focus is on ${JSON.stringify(await focused(page))}`);
};

const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>;

/** From the mailbox to the approval, reading the code on the way. */
const openFromMailbox = async ({ server }: FakeSite, page: Page): Promise<string> => {
  await page.goto(`${server.url}/mailbox?key=${secret}`);
  await page.getByRole('link', { name: /^Approve review of/ }).press('Enter');
  await page.getByRole('heading', { name: /^Approve review of/ }).waitFor();
  const code = /Code: (\S+)/.exec(await page.locator('pre').innerText())?.[1] ?? '';
  await photograph(page, 'mail');
  await page.getByRole('link', { name: /approvals/ }).press('Enter');
  await page.getByRole('heading', { name: /^Approve review:/ }).waitFor();
  return code;
};

test(
  'a person approves on a phone with the keyboard alone',
  () =>
    withSite((site) =>
      withPage(browser, phone, async ({ page, complaints }) => {
        await site.askByMail();
        const code = await openFromMailbox(site, page);
        await photograph(page, 'approval');
        expect(await overflow(page)).toBe(0);

        await page.reload();
        await tabTo(page, ({ href }) => href?.endsWith('#decision') ?? false);
        await page.keyboard.press('Enter');
        for (const box of ['1.1', '2.1', '3.3']) {
          await tabTo(page, ({ name }) => name === `attest-${box}`);
          await page.keyboard.press('Space');
        }
        await tabTo(page, ({ id }) => id === 'because-3.3');
        await page.keyboard.type('none, says the shop');
        await tabTo(page, ({ name }) => name === 'accept-1.5');
        await page.keyboard.press('Space');
        await tabTo(page, ({ id }) => id === 'because-1.5');
        await page.keyboard.type('its name says it');
        await tabTo(page, ({ name, value }) => name === 'choice' && value === 'approve');
        await page.keyboard.press('Space');
        await tabTo(page, ({ id }) => id === 'reason');
        await page.keyboard.type('read on the train, looks good');
        await tabTo(page, ({ id }) => id === 'code');
        await page.keyboard.type(code.toLowerCase());
        await tabTo(page, ({ type }) => type === 'submit');
        await photograph(page, 'approval-filled');
        await page.keyboard.press('Enter');
        await page.getByText('ada@example.org has approved this.').waitFor();
        await photograph(page, 'approved');

        expect(complaints).toEqual([]);
        expect(site.callback.answers).toEqual([
          expect.objectContaining({
            output: expect.objectContaining({ decision: 'approved', reason: 'read on the train, looks good' }),
          }),
        ]);
      }),
    ),
  60_000,
);

test(
  'a wrong code brings the form back in view with everything that was typed',
  () =>
    withSite((site) =>
      withPage(browser, phone, async ({ page }) => {
        await site.askByMail();
        const code = await openFromMailbox(site, page);
        const decide = async (typed: string) => {
          await page.getByLabel('Code from the mail').fill(typed);
          await page.getByRole('button', { name: 'Send decision' }).click();
        };
        for (const box of await page.getByRole('checkbox').all()) await box.check();
        for (const box of ['3.3', '1.5']) await page.locator(`[id="because-${box}"]`).fill('the test says so');
        await page.getByRole('radio', { name: /^Approve/ }).check();
        await page.getByLabel('Reason').fill('a reason\nof two lines');

        await decide(code.startsWith('A') ? code.replace('A', 'C') : `A${code.slice(1)}`);
        await page.getByText('4 of 5 attempts left').first().waitFor();
        await photograph(page, 'wrong-code');

        expect(await page.getByLabel('Reason').inputValue()).toBe('a reason\nof two lines');
        expect(await page.getByRole('radio', { name: /^Approve/ }).isChecked()).toBe(true);
        expect(await page.getByLabel('Code from the mail').inputValue()).toBe('');
        expect(await page.getByRole('alert').innerText()).toContain('Nothing was decided yet.');
        await decide(code);
        await page.getByText('ada@example.org has approved this.').waitFor();
      }),
    ),
  60_000,
);

test(
  'a rejection asks for no ticks',
  () =>
    withSite((site) =>
      withPage(
        browser,
        { viewport: { width: 1200, height: 900 }, colorScheme: 'dark' },
        async ({ page, complaints }) => {
          await site.askByMail();
          const code = await openFromMailbox(site, page);
          await photograph(page, 'approval-dark');

          await page.getByRole('radio', { name: /^Reject/ }).check();
          await page.getByLabel('Reason').fill('not in this release');
          await page.getByLabel('Code from the mail').fill(code);
          await page.getByRole('button', { name: 'Send decision' }).click();
          await page.getByText('ada@example.org has rejected this.').waitFor();
          await photograph(page, 'rejected-dark');

          expect(complaints).toEqual([]);
        },
      ),
    ),
  60_000,
);

test(
  'everything that is pressed is large enough for a thumb',
  () =>
    withSite((site) =>
      withPage(browser, phone, async ({ page }) => {
        await site.askByMail();
        await openFromMailbox(site, page);

        // WCAG 2.2, 2.5.8: 24 by 24 CSS pixels.
        for (const control of await page.locator('input, textarea, button, summary').all()) {
          if (!(await control.isVisible())) continue;
          const box = await control.boundingBox();
          expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
        }
      }),
    ),
  60_000,
);
