/** SARIF 2.1.0, which code hosts and editors show at the line. */

import { pathInAddress, printJson } from '#domain/text/visible';
import { version } from '#lambdas/version';
import { besideRules } from '../beside-rules';
import type { ReviewFinding } from '../review-migration';
import type { Severity } from '../rule';
import { rules } from '../rules';
import { type Format, pageOf, type ReviewReport } from './format';

const levels: Readonly<Record<Severity, string>> = { stop: 'error', warn: 'warning', note: 'note' };

const described = [...rules, ...besideRules];

/** Only an address leads a code host to the page. */
const helpUri = (page: string | null) => (page !== null && /^https?:/.test(page) ? { helpUri: page } : {});

const descriptionsOf = (report: Pick<ReviewReport, 'pages'>) =>
  described.map(({ id, title, why, remedy }) => ({
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why} ${remedy}`, markdown: `${why}\n\n**Instead:** ${remedy}` },
    ...helpUri(pageOf(report, id)),
  }));

const indexOf = (rule: string) => described.findIndex(({ id }) => id === rule);

const resultOf = (prefix: string, finding: ReviewFinding) => ({
  ruleId: finding.rule,
  ruleIndex: indexOf(finding.rule),
  level: levels[finding.severity],
  message: {
    text: `${finding.message}. ${finding.remedy}${finding.safeWay === null ? '' : `\n${finding.safeWay}`}`,
  },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: pathInAddress(prefix + finding.file) },
        region: { startLine: finding.line ?? 1 },
      },
    },
  ],
});

export const sarif: Format = ({ reviews, prefix, pages }) =>
  printJson(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'migration-checklist', version, rules: descriptionsOf({ pages }) } },
          results: reviews.flatMap(({ findings, passed }) => [
            ...findings.map((finding) => resultOf(prefix, finding)),
            ...passed.map(({ because, ...finding }) => ({
              ...resultOf(prefix, finding),
              suppressions: [{ kind: 'inSource', justification: because }],
            })),
          ]),
        },
      ],
    },
    2,
  );
