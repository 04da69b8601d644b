/** SARIF 2.1.0, which code hosts and editors show at the line. */

import { pathInAddress, printJson } from '#domain/text/visible';
import { version } from '#lambdas/version';
import type { Severity } from '../rule';
import { rules } from '../rules';
import type { Format } from './format';

const levels: Readonly<Record<Severity, string>> = { stop: 'error', warn: 'warning', note: 'note' };

/** They are found without a rule of the checklist. */
const others = [
  { id: 'syntax', title: "PostgreSQL's parser stops", why: 'The statement would fail.', remedy: 'Correct it.' },
  {
    id: 'rollback-missing',
    title: 'The migration has no rollback',
    why: 'There is no rehearsed way back.',
    remedy: 'Write one, or decide now what is done when it has to be taken back.',
  },
];

const descriptions = [...rules, ...others].map(({ id, title, why, remedy }) => ({
  id,
  shortDescription: { text: title },
  fullDescription: { text: why },
  help: { text: `${why} ${remedy}`, markdown: `${why}\n\n**Instead:** ${remedy}` },
}));

const indexOf = (rule: string) => descriptions.findIndex(({ id }) => id === rule);

const resultOf = (
  prefix: string,
  finding: { rule: string; severity: Severity; file: string; line: number | null; message: string; remedy: string },
) => ({
  ruleId: finding.rule,
  ruleIndex: indexOf(finding.rule),
  level: levels[finding.severity],
  message: { text: `${finding.message}. ${finding.remedy}` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: pathInAddress(prefix + finding.file) },
        region: { startLine: finding.line ?? 1 },
      },
    },
  ],
});

export const sarif: Format = ({ reviews, prefix }) =>
  printJson(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'migration-checklist', version, rules: descriptions } },
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
