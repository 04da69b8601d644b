/** Step 5: a backup is believed after it was restored and compared. */
import type { Backup, BackupComparison, TableCopy } from '#domain/backup/backup';
import { leftOutInWords } from '#domain/backup/left-out';
import { count, counted, grouped } from '#domain/count';
import { type Fit, isRestorePointAlone, withoutDumpInWords } from '#domain/environment/fit';
import type { EvidenceDocument } from '#domain/evidence/document';
import { failed, type Judge, type Judgement, judgeOf, open, proved, type ReadFacts, type Room } from './room';

/** A branch without compute, or a position in the log, as the platform describes it. */
export type RestorePoint = {
  readonly name: string;
  readonly branchId: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly parentLsn: string | null;
  /** False when nothing can be restored from it. */
  readonly isRestorable: boolean;
  /** Why the platform made none, in its own words; only of a rollback that goes on without. */
  readonly because?: string;
};

/** What came of the restore into a scratch database. */
export type Restore =
  | { readonly comparison: BackupComparison }
  | {
      readonly comparison: null;
      readonly message: string;
      /** True when its server went away, which says nothing of the backup. */
      readonly wasCutOff: boolean;
    };

/** A rollback goes on without a backup that is known to be good, whatever kept it from being made: people decide, and are told. */
export type NotBackedUp = {
  /** What it failed of, without secrets; of a lock also who is in the way. */
  readonly because: string;
  /** The name of the error; missing in documents of version 0.9.0 and before, in which it is `LockNotAvailable`. */
  readonly error?: string;
  /** Where a dump was written all the same, which is not known to come back. */
  readonly dump?: { readonly uri: string; readonly command: string | null };
};

/** As a clause. */
export const notBackedUpInWords = ({ because, dump }: NotBackedUp): string =>
  dump
    ? `not backed up, the dump of the data of now is not known to come back: ${because}`
    : `not backed up, no dump of the data of now could be made: ${because}`;

export type BackupFacts = {
  /** Null where the restore point alone is the backup. */
  readonly backup: Backup | null;
  readonly restorePoint: RestorePoint;
  readonly restore: Restore | null;
  /** Documents of version 0.6.0 and before have none. */
  readonly fit?: Fit;
  /** For how long its bytes stay at least; missing where they stay for ever, and in documents of version 0.7.0 and before. */
  readonly keepDays?: number;
  /** Earlier backups of the target whose bytes went. */
  readonly expired?: readonly ExpiredBackup[];
  /** Only of a rollback that goes on without; then there is neither dump nor restore. */
  readonly notBackedUp?: NotBackedUp;
};

export type ExpiredBackup = { readonly runId: string; readonly madeAt: string; readonly sizeBytes: number };

const keptInWords = (keepDays: number) =>
  `; its bytes are kept for ${count(keepDays, 'day')} at least, and for as long as it is the newest good backup of the target`;

const whyNoDump = (fit: Fit | undefined) => (fit && isRestorePointAlone(fit) ? withoutDumpInWords(fit) : null);

export const restorePointInWords = ({ name, branchId, expiresAt }: RestorePoint) =>
  `restore point ${name} (branch ${branchId}, until ${expiresAt})`;

/** What a person types; null for the one file of an earlier version, whose way back is in the runbook. */
export const restoreCommand = ({ key, uri }: Pick<Backup, 'key' | 'uri'>): string | null => {
  const runId = /^backups\/([^/]+)\/manifest\.json$/.exec(key ?? '')?.[1];
  const bucket = /^s3:\/\/([^/]+)\//.exec(uri)?.[1];
  return runId === undefined
    ? null
    : `npm run restore -- ${runId} --into DATABASE_URL${bucket === undefined ? '' : ` --bucket ${bucket}`}`;
};

const judge = judgeOf<BackupFacts>();

const rowsOf = (tables: readonly TableCopy[]) => tables.reduce((sum, { rows }) => sum + rows, 0);

/** Tables and rows of the team, and beside them those of the checklist's own schema, which every target has. */
const figuresInWords = (tables: readonly TableCopy[]): string => {
  const isOwn = ({ table }: TableCopy) => table.startsWith('migration_checklist.');
  const [own, theirs] = [tables.filter(isOwn), tables.filter((table) => !isOwn(table))];
  const figures = `${count(theirs.length, 'table')} with ${counted(rowsOf(theirs), 'row')}`;
  return own.length === 0
    ? figures
    : `${figures}, beside them ${own.length} with ${counted(rowsOf(own), 'row')} of the schema migration_checklist`;
};

/** Derived from what was found; the word with which the comparison itself ended counts for nothing. */
const differencesIn = ({ tablesCompared, rowsCompared, differences }: BackupComparison, backup?: Backup | null) => [
  ...differences,
  ...(backup && backup.tables.length !== tablesCompared
    ? [`${count(tablesCompared, 'table')} of ${backup.tables.length} in the dump were compared`]
    : []),
  ...(backup && rowsOf(backup.tables) !== rowsCompared
    ? [`${counted(rowsCompared, 'row')} of ${grouped(rowsOf(backup.tables))} in the dump were compared`]
    : []),
];
const withoutInWords = ({ leftOut = [] }: BackupComparison) =>
  leftOut.length === 0
    ? ''
    : `; the backup holds, and the restore goes without, what this role may not make: ${leftOutInWords(leftOut)}`;

type Seen = Partial<ReadFacts<BackupFacts>>;

/** As a clause. */
export const noRestorePointInWords = (restorePoint: RestorePoint | undefined): string => {
  if (!restorePoint) return 'no restore point was made';
  return restorePoint.because === undefined
    ? 'the server keeps no restore point'
    : `no restore point could be made: ${restorePoint.because}`;
};

/** Of a rollback without a good dump: the restore point is what there is. */
const withoutDump = (
  otherwise: Judge<BackupFacts>,
  answer: (because: string, restorePoint: RestorePoint | null, noRestorePoint: string) => Judgement,
): Judge<BackupFacts> => ({
  ...otherwise,
  instead: [
    {
      fact: 'notBackedUp',
      judge: ({ notBackedUp, restorePoint }: Seen) =>
        notBackedUp
          ? answer(
              notBackedUpInWords(notBackedUp),
              restorePoint?.isRestorable ? restorePoint : null,
              noRestorePointInWords(restorePoint),
            )
          : null,
    },
  ],
});

const locationOf = (restorePoint: RestorePoint) =>
  `${restorePointInWords(restorePoint)}; to restore it: restore the staging branch from it in the Neon console, or make a branch of it`;

const judges: Room<5, BackupFacts> = {
  '5.1': judge(
    ['backup', 'restorePoint'],
    ({ backup, restorePoint, fit }) => {
      const reason = whyNoDump(fit);
      if (backup === null) {
        const words = `${restorePointInWords(restorePoint)} alone: ${reason ?? 'no dump was made, and nothing says why'}`;
        return restorePoint.isRestorable && reason !== null
          ? proved(words, { restorePoint, fit })
          : failed(`there is no backup: ${words}`, { restorePoint });
      }
      const wayBack = restorePoint.isRestorable
        ? `restore point ${restorePoint.name}`
        : `${restorePoint.parentLsn === null ? '' : `log position ${restorePoint.parentLsn}; `}${noRestorePointInWords(restorePoint)}, so the dump is the only way back`;
      return proved(`dump of ${figuresInWords(backup.tables)}, and ${wayBack}`, {
        restorePoint,
        tables: backup.tables,
        durationMs: backup.durationMs,
      });
    },
    ['fit'],
  ),
  '5.2': judge(
    ['restore'],
    ({ restore, backup, fit }) => {
      if (restore === null)
        return open(
          `nothing was restored and compared: ${whyNoDump(fit) ?? 'no dump was made'}; the platform's restore point alone stands for it`,
        );
      if (restore.comparison === null) {
        const reason = `the restore did not finish: ${restore.message}`;
        return restore.wasCutOff ? open(reason) : failed(reason);
      }
      const { comparison } = restore;
      const differences = differencesIn(comparison, backup);
      if (!comparison.isEqual && differences.length === 0)
        return failed('the comparison ended without saying what differs', { comparison });
      if (differences.length > 0)
        return failed(`the restored database differs: ${differences.join('; ')}`, { comparison });
      const figures = backup
        ? figuresInWords(backup.tables)
        : `${count(comparison.tablesCompared, 'table')} with ${counted(comparison.rowsCompared, 'row')}`;
      return proved(
        `restored into a scratch database and compared: ${figures}; rows, catalog and sequences are equal${withoutInWords(comparison)}`,
        {
          comparison,
        },
      );
    },
    ['backup', 'fit'],
  ),
  '5.3': judge(
    ['backup'],
    ({ backup, restorePoint, keepDays }) => {
      if (backup === null)
        return restorePoint?.isRestorable
          ? proved(locationOf(restorePoint), { restorePoint })
          : failed('there is no backup');
      const { uri, versionId, sha256, sizeBytes, tools } = backup;
      const command = restoreCommand(backup);
      return proved(
        `${uri}, ${count(sizeBytes, 'byte')}, sha256 ${sha256}${command === null ? '' : `; to restore it: ${command}`}${keepDays === undefined ? '' : keptInWords(keepDays)}`,
        { uri, versionId, sha256, sizeBytes, tools },
      );
    },
    ['restorePoint', 'keepDays'],
  ),
};

export const backupDatabase: Room<5, BackupFacts> = {
  '5.1': withoutDump(judges['5.1'], (why, restorePoint, noRestorePoint) =>
    restorePoint
      ? open(`${why}; there is ${restorePointInWords(restorePoint)}, which nobody has looked into`, { restorePoint })
      : failed(`there is no backup: ${why}, and ${noRestorePoint}`),
  ),
  '5.2': withoutDump(judges['5.2'], (why) => open(`nothing was restored and compared: ${why}`)),
  '5.3': withoutDump(judges['5.3'], (why, restorePoint) =>
    restorePoint
      ? open(`${why}; what there is: ${locationOf(restorePoint)}`, { restorePoint })
      : failed(`there is no backup: ${why}`),
  ),
};

/** The dump as this step wrote it down, in a document of any format; null when there is none. Documents of format 1 name no key. */
export const backupNamedBy = (
  documents: readonly EvidenceDocument[],
): { readonly key: string | null; readonly sha256: string } | null => {
  const document = documents.find(({ name }) => name === '05-backup-database');
  const { backup } = (document?.facts ?? {}) as Partial<BackupFacts>;
  if (document?.format === 2) return backup ? { key: backup.key, sha256: backup.sha256 } : null;
  const sha256 = document?.boxes.find(({ box, answer }) => box === '5.3' && answer === 'proved')?.facts?.['sha256'];
  return typeof sha256 === 'string' ? { key: null, sha256 } : null;
};
