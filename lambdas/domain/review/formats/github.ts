/** Workflow commands of GitHub Actions: one annotation per finding, at its line. */

import { visible } from '#domain/text/visible';
import type { Severity } from '../rule';
import type { Format } from './format';

const levels: Readonly<Record<Severity, string>> = { stop: 'error', warn: 'warning', note: 'notice' };

// GitHub's own escapes: a line break would end the command, and what follows could be one itself.
const data = (text: string) => visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export const github: Format = ({ reviews, prefix }) =>
  reviews
    .flatMap(({ findings }) => findings)
    .map(({ severity, file, line, rule, message, remedy, safeWay }) => {
      const at = `file=${property(prefix + file)}${line === null ? '' : `,line=${line}`}`;
      return `::${levels[severity]} ${at},title=${property(rule)}::${data(`${message}\n${safeWay ?? remedy}`)}`;
    })
    .join('\n');
