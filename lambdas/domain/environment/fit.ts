/** Whether a run's long parts fit where it runs: told before anybody approves, not found when they are cut off. */
import { grouped } from '#domain/count';
import type { Finding } from '#domain/evidence/document';
import type { TargetRecord } from './target';

/** What the place allows, and what the installation has decided. */
export type RunLimits = {
  /** How long a function may run; null where nothing cuts it off. */
  readonly functionSeconds: number | null;
  /** How fast a backup is made and read back, in megabytes of the database a second. */
  readonly backupMegabytesPerSecond: number;
  /** Above it no dump is made, and the platform's restore point alone is the backup; null without such a bound. */
  readonly largestBackupGigabytes: number | null;
};

export type Fit = {
  readonly databaseBytes: number;
  readonly limits: RunLimits;
  /** Only Neon keeps restore points. */
  readonly platform: TargetRecord['platform'];
};

const megabyte = 1_000_000;
const gigabyte = 1_000 * megabyte;

/** `2 h 5 min`, `18 min`, `40 s`. */
export const secondsInWords = (seconds: number): string => {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const sizeInWords = (bytes: number): string =>
  bytes < gigabyte ? `${grouped(Math.max(1, Math.round(bytes / megabyte)))} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;

/** Above the configured bound there is no dump. */
export const isRestorePointAlone = ({ databaseBytes, limits: { largestBackupGigabytes } }: Fit): boolean =>
  largestBackupGigabytes !== null && databaseBytes > largestBackupGigabytes * gigabyte;

/** A clause that says why there is no dump. */
export const withoutDumpInWords = ({ databaseBytes, limits: { largestBackupGigabytes } }: Fit): string =>
  `the database has ${sizeInWords(databaseBytes)}, and above ${largestBackupGigabytes} GB (backups.largestGigabytes) no dump is made`;

const backupFindings = (fit: Fit): readonly Finding[] => {
  const { databaseBytes, limits, platform } = fit;
  const { functionSeconds, backupMegabytesPerSecond } = limits;
  if (isRestorePointAlone(fit))
    return platform === 'neon'
      ? [
          {
            rule: 'backup-by-restore-point-alone',
            message: `${withoutDumpInWords(fit)}: the platform's restore point alone is the way back, and nothing is restored and compared`,
            line: null,
            severity: 'warn',
            remedy: 'approve only if a restore point is enough, or raise backups.largestGigabytes',
          },
        ]
      : [
          {
            rule: 'no-backup-possible',
            message: `${withoutDumpInWords(fit)}, and this server keeps no restore point: the run will stop at Step 5`,
            line: null,
            severity: 'stop',
            remedy: 'raise backups.largestGigabytes',
          },
        ];
  const seconds = databaseBytes / (backupMegabytesPerSecond * megabyte);
  if (functionSeconds === null || seconds <= functionSeconds) return [];
  return [
    {
      rule: 'backup-does-not-fit',
      message: `the database has ${sizeInWords(databaseBytes)}: at ${backupMegabytesPerSecond} MB/s (backups.megabytesPerSecond) its backup takes about ${secondsInWords(seconds)}, and the function that makes it is ended after ${secondsInWords(functionSeconds)}, so the run will stop at Step 5`,
      line: null,
      severity: 'stop',
      remedy:
        platform === 'neon'
          ? "set backups.largestGigabytes below this size: then the platform's restore point alone is the backup, and the restore test stays open"
          : 'run this migration on a machine, where nothing ends a backup, with npm start',
    },
  ];
};

/** `statementsMs` is what the statements are expected to take at the target's size. */
export const findingsOfFit = (fit: Fit, statementsMs: number): readonly Finding[] => {
  const { functionSeconds } = fit.limits;
  const found = backupFindings(fit);
  if (functionSeconds === null || statementsMs <= functionSeconds * 1000) return found;
  return [
    ...found,
    {
      rule: 'statements-do-not-fit',
      message: `the statements take about ${secondsInWords(statementsMs / 1000)} at the size of the target, and the functions that rehearse and apply them are ended after ${secondsInWords(functionSeconds)}: the run will stop at Step 6`,
      line: null,
      severity: 'stop',
      remedy: 'split the migration, or change the rows in batches of some thousand outside of it',
    },
  ];
};
