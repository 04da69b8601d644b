/** What makes a wait shorter, by the work that takes the time. */
import type { Growth } from './growth';
import type { Wait } from './waits';

const remedies: Readonly<Record<Growth['work'], string>> = {
  rewrite:
    'add a new column that needs no rewrite, fill it in batches, and switch over in a later migration; refresh a materialized view CONCURRENTLY',
  scan: 'add the constraint NOT VALID and VALIDATE it in a later migration; SET NOT NULL reads nothing where a valid CHECK (… IS NOT NULL) stands',
  'index build':
    'build the index with CREATE INDEX CONCURRENTLY, and a UNIQUE or PRIMARY KEY constraint USING that INDEX',
  rows: 'change the rows in batches of some thousand, each committed for itself',
};

/** Of one wait; empty where nothing takes the time but the lock itself. */
export const remediesOf = ({ line, growing }: Pick<Wait, 'line' | 'growing'>): readonly string[] => {
  const own = growing.find((one) => one.line === line);
  if (own) return [...new Set(own.growth.map(({ work }) => remedies[work]))];
  const [first] = growing;
  return first ? [`put line ${first.line}, which takes the time, into a migration of its own`] : [];
};

/** Of several, each once. */
export const remediesInWords = (waits: readonly Pick<Wait, 'line' | 'growing'>[]): string =>
  [...new Set(waits.flatMap(remediesOf))].join('; ');
