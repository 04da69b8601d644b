/** The migration that is proposed in place of one that was wrong: the original stays as it is. */
import { nextVersion } from '#domain/migration/next-version';
import { shortened } from '#domain/shorten';

export type Correction = {
  readonly fileName: string;
  /** Refused as it is: its statements and its way back are still to be written. */
  readonly skeleton: string;
};

type Wrong = {
  /** Its file. */
  readonly migration: string;
  readonly description: string;
  readonly purpose: string | null;
  /** Every version that the files or the ledger have. */
  readonly used: readonly string[];
  /** ISO 8601. */
  readonly at: string;
  readonly isTakenBack: boolean;
  readonly because: string;
};

const suffix = '_corrected';

/** The report beside it has all of it. */
const longestReason = 300;

/** A comment ends with its line. */
const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * Names it with the next free version and writes what every migration needs around its statements.
 *
 * @example
 * proposeCorrection({ migration: '003_labels.sql', description: 'labels', purpose, used: ['003'], at, isTakenBack: true, because })
 * // { fileName: '004_labels_corrected.sql', skeleton: '-- Purpose: …' }
 */
export const proposeCorrection = ({
  migration,
  description,
  purpose,
  used,
  at,
  isTakenBack,
  because,
}: Wrong): Correction => ({
  fileName: `${nextVersion(used, at)}_${description.endsWith(suffix) ? description : `${description}${suffix}`}.sql`,
  skeleton: [
    `-- Purpose: corrects ${migration}: ${inOneLine(purpose ?? description)}`,
    `-- Because: that one ${isTakenBack ? 'was rolled back' : 'still stands'}: ${shortened(inOneLine(because), longestReason)}`,
    '',
    '-- What the statement is for, then the statement.',
    '',
    '-- ROLLBACK',
    '--   -- The SQL that undoes it.',
  ].join('\n'),
});
