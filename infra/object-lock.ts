/** Object Lock, where the configuration asks for it: what it costs the functions that write what is locked. */
import type { Config } from './config';
import type { FunctionRow } from './function-table';
import type { Grant } from './grant';
import type { GrantContext } from './port-grants';

/** Of the patterns in `own-files.ts` those that hold what `lambdas/record/locked-files.ts` names; a test compares. */
const withLockedFiles: ReadonlySet<string> = new Set(
  ['approvals/*', 'approve-*.json', 'sign-off.*', 'close-run.*', 'report.*', 'keys/*'].map((file) => `runs/*/${file}`),
);

export const lockEnvironment = ({ 'objectLock.days': days }: Config): Readonly<Record<string, string>> =>
  days === 0 ? {} : { OBJECT_LOCK_DAYS: String(days) };

/** None where nothing is locked. */
export const lockGrants = ({ writes }: FunctionRow, { config, bucketArn }: GrantContext): readonly Grant[] => {
  const days = config['objectLock.days'];
  const resources = writes
    .filter((pattern) => withLockedFiles.has(pattern))
    .map((pattern) => `${bucketArn}/${pattern}`);
  if (days === 0 || resources.length === 0) return [];
  return [
    {
      actions: ['s3:PutObjectRetention'],
      resources,
      conditions: {
        StringEquals: { 's3:object-lock-mode': 'GOVERNANCE' },
        // One more than it asks for: S3 counts the days by its own clock.
        NumericLessThanEquals: { 's3:object-lock-remaining-retention-days': String(days + 1) },
      },
      reason:
        'locks what it writes for the configured days and no longer; the keys hold run ids, which nobody knows in advance',
    },
  ];
};
