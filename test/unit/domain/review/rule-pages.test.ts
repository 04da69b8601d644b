import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pagesFolder, rulePages } from '#docs/rules/generate';

test('the pages in docs/rules are current: node --import tsx docs/rules/generate.ts writes them', async () => {
  const pages = await rulePages();

  const written = readdirSync(pagesFolder).filter((name) => name.endsWith('.md'));

  expect(written.sort()).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) expect(readFileSync(path.join(pagesFolder, name), 'utf8')).toBe(text);
});
