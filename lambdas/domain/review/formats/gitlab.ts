/** GitLab's code quality report, which is Code Climate's format. */

import { sha256Of } from '#domain/sha256';
import { printJson } from '#domain/text/visible';
import type { Severity } from '../rule';
import type { Format } from './format';

const severities: Readonly<Record<Severity, string>> = { stop: 'critical', warn: 'major', note: 'info' };

export const gitlab: Format = ({ reviews, prefix }) => {
  const seen = new Map<string, number>();
  return printJson(
    reviews.flatMap(({ findings }) =>
      findings.map(({ severity, file, line, rule, message, remedy }) => {
        // The same finding twice in a file is two findings, and GitLab keeps one of each fingerprint.
        const key = JSON.stringify([prefix + file, rule, message]);
        const nth = seen.get(key) ?? 0;
        seen.set(key, nth + 1);
        return {
          description: `${message}. ${remedy}`,
          check_name: rule,
          fingerprint: sha256Of(JSON.stringify([key, nth])),
          severity: severities[severity],
          location: { path: prefix + file, lines: { begin: line ?? 1 } },
        };
      }),
    ),
    2,
  );
};
