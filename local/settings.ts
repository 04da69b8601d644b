/** What was decided for the runs of this machine. */
import type { Settings } from '#lambdas/ports/ports';
import type { RunOptions } from './run-options';
import type { Target } from './target';

export const sampleIntervalOf = (monitorSeconds: number) => Math.min(300, Math.max(0.5, monitorSeconds / 20));

export const settingsOf = (options: RunOptions, target: Target, pageBaseUrl: string): Settings => {
  const { projectId, branchId, database } = target.record;
  const approvers = options.approvers;
  return {
    approvers: { review: approvers, apply: approvers, rollback: approvers },
    approvalsNeeded: options.approvalsNeeded,
    onCall: options.onCall,
    // Nothing tells people apart here: whoever is at the terminal is this process's user.
    principals: {},
    teamAddress: 'team@localhost',
    sender: 'migration-checklist@localhost',
    pageBaseUrl,
    runUrl: `${pageBaseUrl}/runs/{runId}`,
    approvalTimeoutSeconds: options.approvalTimeoutSeconds,
    monitorSeconds: options.monitorSeconds,
    sampleIntervalSeconds: sampleIntervalOf(options.monitorSeconds),
    // The application runs elsewhere, so its log lines cannot be counted here.
    applicationLogGroups: [],
    // 2 s: a session that waits for ACCESS EXCLUSIVE makes every later reader wait behind it, so we give up early and retry.
    lockTimeoutMs: 2_000,
    longestBlockingMs: options.longestBlockingMs,
    // 10 min: what takes longer than that belongs into batches, not into a migration.
    statementTimeoutMs: 600_000,
    // Nothing on one machine ends a backup that takes long.
    runLimits: { functionSeconds: null, backupMegabytesPerSecond: 10, largestBackupGigabytes: null },
    backupKeepDays: options.backupKeepDays,
    expected: { projectId, branchId, database },
  };
};
