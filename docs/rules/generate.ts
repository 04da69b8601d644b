/** Writes the pages of this folder from the rules and their examples: node --import tsx docs/rules/generate.ts */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { besideRules } from '#domain/review/beside-rules';
import { renderBesidePage, renderRuleIndex, renderRulePage } from '#domain/review/rule-page';
import { rules } from '#domain/review/rules';
import { safeWayOf } from '#domain/review/safe-way';
import { findBox } from '#lambdas/checklist';
import { readExamples } from '#test/support/rule-examples';

/** File name → text, for every page that belongs here. */
export const rulePages = async (): Promise<ReadonlyMap<string, string>> => {
  const pages = new Map([['README.md', renderRuleIndex(rules, besideRules)]]);
  for (const rule of rules) {
    const { before, bad, good } = await readExamples(rule.id);
    const found = rule.check(bad.context);
    const safeWay = safeWayOf(rule.id, bad.context, found[0]?.line ?? null);
    const messages = found.map(({ line, message }) => `line ${line}: ${message}`);
    const boxLabel = findBox(rule.box).label;
    pages.set(
      `${rule.id}.md`,
      renderRulePage(rule, { boxLabel, before, bad: bad.sql, good: good.sql, messages, safeWay }),
    );
  }
  for (const one of besideRules) pages.set(`${one.id}.md`, renderBesidePage(one));
  return pages;
};

export const pagesFolder = __dirname;

const isPage = (name: string) => name.endsWith('.md');

const writePages = async () => {
  const pages = await rulePages();
  for (const name of readdirSync(pagesFolder).filter((file) => isPage(file) && !pages.has(file)))
    rmSync(path.join(pagesFolder, name));
  for (const [name, text] of pages) writeFileSync(path.join(pagesFolder, name), text);
};

// A rejection that nobody handles ends the process with its error, which is what is wanted here.
if (require.main === module) void writePages();
