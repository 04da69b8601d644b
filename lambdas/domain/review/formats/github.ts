/** Workflow commands of GitHub Actions: one annotation per finding, at its line. */

import { visible } from '#domain/text/visible';
import type { Severity } from '../rule';
import type { Format } from './format';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  stop: 'error',
  warn: 'warning',
  note: 'notice',
};

// GitHub's own escapes: a line break would end the command, and what follows could be one itself.
const data = (text: string) => visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

type Place = { readonly file?: string; readonly line?: number | null; readonly title: string };

/** One annotation, on one line. Without a file it stands at the step. */
export const annotation = (
  level: 'error' | 'warning' | 'notice',
  { file, line, title }: Place,
  message: string,
): string => {
  const at = [
    ...(file ? [`file=${property(file)}`] : []),
    ...(file && line ? [`line=${line}`] : []),
    `title=${property(title)}`,
  ];
  return `::${level} ${at.join(',')}::${data(message)}`;
};

export const github: Format = ({ reviews, prefix }) =>
  reviews
    .flatMap(({ findings }) => findings)
    .map(({ severity, file, line, rule, message, remedy, safeWay }) =>
      annotation(
        levels[severity],
        { file: prefix + file, line, title: rule },
        [message, safeWay ?? remedy].filter((part) => part !== '').join('\n'),
      ),
    )
    .join('\n');
