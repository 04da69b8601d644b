import type { Settings } from '#lambdas/ports/ports';
import {
  type Environment,
  readAddresses,
  readBaseUrl,
  readList,
  readLists,
  readText,
  readWholeNumber,
} from './environment';

/** AWS Lambda's longest. Step 5, 6, 8 and 13 run in functions of that length. */
const functionSeconds = 900;

/** Everything of `Settings` from the environment. */
export const readSettings = (environment: Environment): Settings => ({
  approvers: {
    review: readAddresses(environment, 'APPROVERS_REVIEW'),
    apply: readAddresses(environment, 'APPROVERS_APPLY'),
    rollback: readAddresses(environment, 'APPROVERS_ROLLBACK'),
  },
  approvalsNeeded: {
    review: readWholeNumber(environment, 'APPROVALS_NEEDED_REVIEW', 'people', 1),
    apply: readWholeNumber(environment, 'APPROVALS_NEEDED_APPLY', 'people', 1),
    rollback: readWholeNumber(environment, 'APPROVALS_NEEDED_ROLLBACK', 'people', 1),
  },
  onCall: readList(environment, 'ON_CALL'),
  principals: readLists(environment, 'APPROVER_PRINCIPALS'),
  teamAddress: readText(environment, 'TEAM_ADDRESS', 'a mail address'),
  sender: readText(environment, 'MAIL_SENDER', 'a mail address'),
  pageBaseUrl: readBaseUrl(environment, 'PAGE_BASE_URL'),
  runUrl: readText(environment, 'RUN_URL', 'the address of a run with {runId} in it'),
  approvalTimeoutSeconds: readWholeNumber(environment, 'APPROVAL_TIMEOUT_SECONDS', 'seconds', 60),
  monitorSeconds: readWholeNumber(environment, 'MONITOR_SECONDS', 'seconds', 1),
  sampleIntervalSeconds: readWholeNumber(environment, 'SAMPLE_INTERVAL_SECONDS', 'seconds', 60),
  applicationLogGroups: readList(environment, 'APPLICATION_LOG_GROUPS'),
  lockTimeoutMs: readWholeNumber(environment, 'LOCK_TIMEOUT_MS', 'milliseconds', 1),
  longestBlockingMs: readWholeNumber(environment, 'LONGEST_BLOCKING_MS', 'milliseconds', 1),
  statementTimeoutMs: readWholeNumber(environment, 'STATEMENT_TIMEOUT_MS', 'milliseconds', 0),
  runLimits: {
    functionSeconds,
    backupMegabytesPerSecond: readWholeNumber(environment, 'BACKUP_MEGABYTES_PER_SECOND', 'megabytes a second', 1),
    largestBackupGigabytes: readWholeNumber(environment, 'LARGEST_BACKUP_GIGABYTES', 'gigabytes', 0) || null,
  },
  backupKeepDays: readWholeNumber(environment, 'BACKUP_KEEP_DAYS', 'days', 0) || null,
  expected: {
    projectId: readText(environment, 'NEON_PROJECT_ID', 'the id of a Neon project'),
    branchId: readText(environment, 'NEON_BRANCH_ID', 'the id of the staging branch'),
    database: readText(environment, 'DATABASE_NAME', 'the name of a database'),
  },
});
