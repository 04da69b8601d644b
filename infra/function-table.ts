/** Every function of the product: which file it is made from, what it may ask for, and how much it needs. */
import { checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import { ownFiles } from './own-files';

/** A port of lambdas/ports/ports.ts that costs a permission or a module; with a method where the methods' permissions differ. */
export type PortUse =
  | 'migrations'
  | 'documents'
  | 'documents.read'
  | 'platform'
  | 'database'
  | 'activity'
  | 'metrics'
  | 'alarms'
  | 'backups'
  | 'backups.tryCopy'
  | 'mail'
  | 'chat'
  | 'codeHost.readPullRequest'
  | 'codeHost.proposeDocuments'
  | 'callback.succeed'
  | 'callback.fail'
  | 'executions'
  | 'callers'
  | 'principals'
  | 'schedule.create'
  | 'schedule.remove'
  | 'secrets.approvalsKey'
  | 'secrets.watchKey'
  | 'signing.publicKeys'
  | 'signing.signRequest'
  | 'signing.signDecision'
  | 'signing.signClosing'
  | 'probes';

/** Keys of the store beside the runs, as prefixes. */
export type StoreKeys = 'approvals/' | 'backups/' | 'catalogs/' | 'postmortems/' | 'windows/';

type Needs = {
  readonly asks: readonly PortUse[];
  /** Beyond the run's own evidence below `runs/`, which every function reads. */
  readonly reads?: readonly StoreKeys[];
  /** Beyond its own files below `runs/`, which `own-files.ts` names. */
  readonly writes?: readonly StoreKeys[];
  /** It changes nothing, so it has no file of its own. */
  readonly isReader?: true;
  readonly removes?: readonly StoreKeys[];
  readonly memoryMb?: number;
  readonly isPage?: true;
  /** An event calls it and nobody waits for it: only the queue of failed events gets its error. */
  readonly isEvent?: true;
};

/** `reads`, `writes` and `removes` are patterns of keys. */
export type FunctionRow = Required<Pick<Needs, 'asks' | 'memoryMb'>> & {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly removes: readonly string[];
  readonly functionName: string;
  /** Relative to the project's root. */
  readonly file: string;
  readonly isPage: boolean;
  readonly isEvent: boolean;
};

/** A quarter of a processor: a step waits for the database most of its time. */
const standardMemoryMb = 512;

const needs: Readonly<Record<string, Needs>> = {
  CodeReview: { asks: ['database', 'codeHost.readPullRequest'] },
  SchemaValidation: { asks: ['database'] },
  EnvironmentCheck: { asks: ['platform', 'database', 'activity', 'migrations'], reads: ['catalogs/'] },
  ImpactAnalysis: { asks: ['platform', 'database', 'documents.read'] },
  // One whole processor: it compresses, hashes and runs pg_dump.
  BackupDatabase: {
    asks: ['platform', 'database', 'backups'],
    reads: ['backups/'],
    writes: ['backups/'],
    // Older ones of the target, once its own was restored and compared.
    removes: ['backups/'],
    memoryMb: 1769,
  },
  DryRun: { asks: ['database', 'backups.tryCopy'], memoryMb: 1769 },
  Connect: { asks: ['platform', 'database', 'signing.publicKeys'] },
  ApplyMigration: { asks: ['database', 'signing.publicKeys'] },
  VerifySchema: { asks: ['database'], writes: ['catalogs/'] },
  TestConstraints: { asks: ['database'] },
  PerformanceCheck: { asks: ['database'] },
  ApplicationIntegration: { asks: ['probes'] },
  TestRollback: { asks: ['database'] },
  UpdateDocumentation: { asks: ['database', 'documents', 'codeHost.proposeDocuments'] },
  NotifyTeam: { asks: ['database', 'mail', 'chat'] },
  Monitor: { asks: ['schedule.create', 'secrets.watchKey'], writes: ['windows/'] },
  // A whole processor for pg_dump, as the backup has it; the same for the dry run, which tries what the migration leaves.
  OpenRun: {
    asks: ['database', 'migrations', 'platform', 'codeHost.readPullRequest', 'backups.tryCopy', 'signing.publicKeys'],
    memoryMb: 1769,
  },
  CreateBranch: { asks: ['platform', 'signing.publicKeys'] },
  // It answers by itself when the decision exists already: after a redrive nobody is asked twice.
  RequestApproval: {
    asks: ['mail', 'secrets.approvalsKey', 'callback.succeed', 'signing.signRequest', 'signing.publicKeys'],
    writes: ['approvals/'],
  },
  ConnectAgain: { asks: ['platform', 'database', 'signing.publicKeys'] },
  EstablishOutcome: { asks: ['database'] },
  SignOff: {
    asks: [
      'platform',
      'database',
      'schedule.remove',
      'documents',
      'mail',
      'chat',
      'signing.signClosing',
      'signing.publicKeys',
    ],
  },
  CloseRun: { asks: ['platform', 'database', 'schedule.remove', 'mail', 'signing.signClosing', 'signing.publicKeys'] },
  CloseStopped: {
    asks: ['platform', 'database', 'schedule.remove', 'mail', 'signing.signClosing', 'signing.publicKeys'],
    isEvent: true,
  },
  // It tells people of an alarm before rehearsal and backup.
  OpenRollback: { asks: ['database', 'migrations', 'platform', 'mail', 'chat', 'signing.publicKeys'] },
  RehearseRollback: { asks: ['database', 'platform'], reads: ['catalogs/'], memoryMb: 1769 },
  FindBlockers: { asks: ['database'], reads: ['catalogs/'] },
  RollBack: { asks: ['database', 'signing.publicKeys'] },
  VerifyRollback: { asks: ['database'] },
  // It only reads what the run of the rollback has left.
  EstablishRollback: { asks: [] },
  ReportIncident: { asks: ['mail', 'chat', 'documents', 'schedule.create'], writes: ['postmortems/'] },
  // It changes nothing, however often a mail scanner follows the link, so it has no permission to.
  ShowApproval: { asks: ['signing.publicKeys'], reads: ['approvals/'], isReader: true, isPage: true },
  DecideApproval: {
    asks: [
      'mail',
      'callback.succeed',
      'callback.fail',
      'secrets.approvalsKey',
      'signing.signDecision',
      'signing.publicKeys',
    ],
    reads: ['approvals/'],
    writes: ['approvals/'],
    removes: ['approvals/'],
    isPage: true,
  },
  // A function of its own: the one that everybody may reach never looks whom IAM has authenticated.
  AnswerTerminal: {
    asks: [
      'mail',
      'callback.succeed',
      'callback.fail',
      'executions',
      'callers',
      'principals',
      'secrets.approvalsKey',
      'signing.signDecision',
      'signing.publicKeys',
    ],
    reads: ['approvals/'],
    writes: ['approvals/'],
    isPage: true,
  },
  SampleActivity: {
    asks: ['activity', 'metrics', 'alarms', 'callback.succeed', 'schedule.remove', 'secrets.watchKey'],
    isEvent: true,
  },
  OnAlarm: {
    asks: ['alarms', 'callback.succeed', 'schedule.remove', 'secrets.watchKey'],
    reads: ['windows/'],
    isEvent: true,
  },
  RemindPostMortem: {
    asks: ['mail', 'documents.read', 'schedule.remove'],
    reads: ['postmortems/'],
    writes: ['postmortems/'],
    isEvent: true,
  },
};

const files: readonly (readonly [functionName: string, file: string, step: string | null])[] = [
  ...checklist.map(namesOf).map(({ functionName, file }) => [functionName, `lambdas/steps/${file}.ts`, file] as const),
  ...entryPoints.map(({ functionName, file }) => [functionName, `lambdas/${file}.ts`, null] as const),
];

const below = (prefixes: readonly StoreKeys[]) => prefixes.map((prefix) => `${prefix}*`);

const withoutFile = Object.keys(needs).filter((name) => !files.some(([functionName]) => functionName === name));
if (withoutFile.length > 0)
  throw new Error(`infra/function-table.ts has rows that the checklist has not: ${withoutFile}`);

/** In the order of the checklist, then the entry points. */
export const functionTable: readonly FunctionRow[] = files.map(([functionName, file, step]) => {
  const row = needs[functionName];
  if (!row) throw new Error(`infra/function-table.ts has no row for ${functionName}; say what it asks for`);
  const { asks, reads = [], writes = [], removes = [], memoryMb = standardMemoryMb } = row;
  const { isPage = false, isEvent = false, isReader = false } = row;
  return {
    ...{ functionName, file, asks, memoryMb, isPage, isEvent },
    reads: ['runs/*', ...below(reads)],
    writes: [...(isReader ? [] : ownFiles(functionName, step)), ...below(writes)],
    removes: below(removes),
  };
});
