import type { Config } from './config';
import { lockEnvironment } from './object-lock';

const seconds = { perHour: 3600, perMinute: 60 };

/** The environment variables of every function; lambdas/runtime/live-settings.ts reads them. */
export const commonEnvironment = (
  config: Config,
  {
    bucketName,
    pageBaseUrl,
    runUrl,
  }: { readonly bucketName: string; readonly pageBaseUrl: string; readonly runUrl: string },
): Readonly<Record<string, string>> => ({
  STORE_BUCKET: bucketName,
  PAGE_BASE_URL: pageBaseUrl,
  RUN_URL: runUrl,
  APPROVERS_REVIEW: config['approvals.review'].join(','),
  APPROVERS_APPLY: config['approvals.apply'].join(','),
  APPROVERS_ROLLBACK: config['approvals.rollback'].join(','),
  APPROVALS_NEEDED_REVIEW: String(config['approvalsNeeded.review']),
  APPROVALS_NEEDED_APPLY: String(config['approvalsNeeded.apply']),
  APPROVALS_NEEDED_ROLLBACK: String(config['approvalsNeeded.rollback']),
  // Left out where nobody is: what an environment holds is little.
  ...(config['approvals.onCall'].length > 0 && { ON_CALL: config['approvals.onCall'].join(',') }),
  TEAM_ADDRESS: config['mail.team'],
  MAIL_SENDER: config['mail.sender'],
  APPROVAL_TIMEOUT_SECONDS: String(config['approvals.timeoutHours'] * seconds.perHour),
  MONITOR_SECONDS: String(config['monitor.hours'] * seconds.perHour),
  SAMPLE_INTERVAL_SECONDS: String(config['monitor.sampleEveryMinutes'] * seconds.perMinute),
  APPLICATION_LOG_GROUPS: config['monitor.logGroups'].join(','),
  LOCK_TIMEOUT_MS: String(config['limits.lockTimeoutMs']),
  LONGEST_BLOCKING_MS: String(config['limits.longestBlockingMs']),
  STATEMENT_TIMEOUT_MS: String(config['limits.statementTimeoutMs']),
  BACKUP_MEGABYTES_PER_SECOND: String(config['backups.megabytesPerSecond']),
  LARGEST_BACKUP_GIGABYTES: String(config['backups.largestGigabytes']),
  BACKUP_KEEP_DAYS: String(config['backups.keepDays']),
  NEON_PROJECT_ID: config['neon.projectId'],
  NEON_BRANCH_ID: config['neon.stagingBranchId'],
  DATABASE_NAME: config['neon.database'],
  ...lockEnvironment(config),
  NODE_OPTIONS: '--enable-source-maps',
});
