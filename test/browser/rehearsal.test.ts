import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { pageHeaders } from '#domain/html/page';
import { renderHtmlReport } from '#domain/reports/html-report';
import { rehearsalDocuments } from '#test/support/rehearsed';
import { report } from '#test/unit/domain/reports/a-report';
import { launchChromium, phone, photograph, withPage } from './chromium';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

/** The report of a rehearsed run, with the headers that every page has. */
const withReport = async (work: (url: string) => Promise<void>) => {
  const documents = rehearsalDocuments.map((document) => ({
    ref: { key: `runs/run-1/${document.name}.json`, sha256: 'f00d' },
    document,
  }));
  const text = renderHtmlReport(report({ documents }));
  const server = createServer((_, response) => response.writeHead(200, pageHeaders()).end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
};

test.each([
  ['phone', phone],
  ['tablet', { viewport: { width: 820, height: 1180 } }],
  ['desk', { viewport: { width: 1280, height: 900 } }],
  ['dark', { ...phone, colorScheme: 'dark' }],
] as const)('the picture of a migration can be read on a %s, and fits', (name, options) =>
  withReport((url) =>
    withPage(browser, options, async ({ page, complaints }) => {
      await page.goto(url);

      const picture = page.getByRole('img', { name: 'Statements and their locks over time' });
      await picture.waitFor();
      await photograph(page, `rehearsal-${name}`);
      // How far the drawing sticks out of its frame.
      const edges = await page.evaluate(`(() => {
        const svg = document.querySelector('svg.locks');
        const rights = [...svg.querySelectorAll('text, rect')].map((one) => one.getBoundingClientRect().right);
        return Math.max(...rights) - svg.getBoundingClientRect().right;
      })()`);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );

      expect(edges).toBeLessThanOrEqual(1);
      expect(overflow).toBe(0);
      expect(await page.getByRole('row').count()).toBe(5);
      expect(complaints).toEqual([]);
    }),
  ),
);
