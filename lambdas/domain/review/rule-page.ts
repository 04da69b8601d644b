/** The page of a rule in docs/rules, made of the rule itself and its two examples. */
import type { BesideRules } from './beside-rules';
import type { Rule } from './rule';

export type RuleExamples = {
  /** The box's words in the checklist. */
  readonly boxLabel: string;
  /** What must be there before; null when the examples need nothing. */
  readonly before: string | null;
  readonly bad: string;
  readonly good: string;
  /** The findings of the bad example. */
  readonly messages: readonly string[];
  /** The bad example's statement written so that it is safe; null where it has to be another change. */
  readonly safeWay: string | null;
};

const sql = (text: string) => `\`\`\`sql\n${text.trimEnd()}\n\`\`\`\n`;

/** Markdown. */
export const renderRulePage = (rule: Rule, { boxLabel, before, bad, good, messages, safeWay }: RuleExamples): string =>
  [
    `# ${rule.id}\n`,
    `${rule.title}. Box ${rule.box}: ${boxLabel}. Severity: ${rule.severity}.\n`,
    `**Why:** ${rule.why}\n`,
    `**Instead:** ${rule.remedy}\n`,
    ...(before === null ? [] : ['## Before both examples\n', sql(before)]),
    '## Found\n',
    sql(bad),
    messages.map((message) => `> ${message}\n`).join('>\n'),
    ...(safeWay === null ? [] : ['## The safe way\n', sql(safeWay)]),
    '## Not found\n',
    sql(good),
  ].join('\n');

/** Markdown: of what is found without a rule. */
export const renderBesidePage = ({ id, title, why, remedy, severity }: BesideRules): string =>
  [
    `# ${id}\n`,
    `${title}. No box of the checklist is answered by it. Severity: ${severity}.\n`,
    `**Why:** ${why}\n`,
    `**Instead:** ${remedy}\n`,
  ].join('\n');

/** Markdown: the table of all rules. */
export const renderRuleIndex = (all: readonly Rule[], beside: readonly BesideRules[]): string =>
  [
    '# Review rules\n',
    'Made from the rules and their examples by `node --import tsx docs/rules/generate.ts`; a test holds the pages current.\n',
    '| box | severity | rule | what it finds |',
    '|---|---|---|---|',
    ...all.map(({ box, severity, id, title }) => `| ${box} | ${severity} | [${id}](${id}.md) | ${title} |`),
    ...beside.map(({ severity, id, title }) => `| – | ${severity} | [${id}](${id}.md) | ${title} |`),
    '',
  ].join('\n');
