/** A real Chromium for a test, closed afterwards. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

const findChromium = (): string => {
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found) return found;
  throw new Error(
    `no Chromium: looked at CHROMIUM_PATH (${process.env['CHROMIUM_PATH'] ?? 'not set'}), /usr/bin/chromium and /usr/bin/google-chrome; install one, or set CHROMIUM_PATH to where it is`,
  );
};

const isRoot = process.getuid?.() === 0;

const args = [
  // Chromium refuses its sandbox to root.
  ...(isRoot ? ['--no-sandbox'] : []),
  ...[
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
];

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args });

/** What the browser complained of: errors of scripts and of the Content-Security-Policy. */
export type WatchedPage = { readonly page: Page; readonly complaints: readonly string[] };

export const withPage = async <T>(
  browser: Browser,
  options: BrowserContextOptions,
  work: (watched: WatchedPage) => Promise<T>,
): Promise<T> => {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return await work({ page, complaints });
  } finally {
    await context.close();
  }
};

/** For looking at; only where SCREENSHOTS names a folder. */
export const photograph = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;
