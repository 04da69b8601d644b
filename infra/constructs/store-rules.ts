/** What the bucket itself denies, whatever a role is granted: who else writes what decides, and writing twice what is written once. */
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Config } from '../config';
import type { Names } from '../names';

type Rule = {
  readonly sid: string;
  /** Patterns of keys. */
  readonly keys: readonly string[];
  readonly actions: readonly string[];
  /** Functions that are not denied; left out: nobody is spared. */
  readonly but?: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const write = ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'];

/** Parts of an upload carry no condition; what is written once is never uploaded in parts. */
const unconditional = { Null: { 's3:if-none-match': 'true' } };

const rules: readonly Rule[] = [
  {
    sid: 'ApprovalsByThoseWhoAskAndDecide',
    keys: ['approvals/*', 'runs/*/approvals/*', 'runs/*/approve-*.json'],
    actions: write,
    but: ['RequestApproval', 'DecideApproval', 'AnswerTerminal'],
  },
  { sid: 'DumpsByTheBackup', keys: ['backups/*'], actions: write, but: ['BackupDatabase'] },
  { sid: 'SignOffsBySignOff', keys: ['runs/*/sign-off.*'], actions: write, but: ['SignOff'] },
  { sid: 'ClosingsByThoseWhoClose', keys: ['runs/*/close-run.*'], actions: write, but: ['CloseRun', 'CloseStopped'] },
  {
    sid: 'WrittenOnce',
    keys: [
      ...['runs/*/run.json', 'runs/*/migration.sql', 'runs/*/checks.sql', 'runs/*/keys/*'],
      ...['runs/*/approvals/*.decision-*', 'runs/*/approve-*.json', 'runs/*.sig', 'approvals/*'],
    ],
    actions: ['s3:PutObject'],
    conditions: unconditional,
  },
  {
    sid: 'NothingOfARunIsDeleted',
    keys: ['runs/*'],
    actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  },
  // Who makes backups lets older ones expire (DumpsByTheBackup); that hides a version, and the bucket's own rule takes it away later.
  { sid: 'NoVersionOfABackupIsDeleted', keys: ['backups/*'], actions: ['s3:DeleteObjectVersion'] },
];

/** Whoever must delete what is locked changes this policy first, and CloudTrail has it. */
const lockRules: readonly Rule[] = [
  { sid: 'NoLockIsBypassed', keys: ['runs/*'], actions: ['s3:BypassGovernanceRetention'] },
];

/** People restore a dump with permissions of their own; of the functions only the one that makes it reads it. */
const dumpsForTheBackup = (bucket: Bucket, names: Names) =>
  new PolicyStatement({
    sid: 'DumpsReadByTheBackupOnly',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    // The second is where earlier versions have put it.
    resources: ['backups/*', 'runs/*/backup.sql.gz'].map((key) => bucket.arnForObjects(key)),
    conditions: {
      ArnLike: { 'aws:PrincipalArn': names.roleArn('*') },
      ArnNotEquals: { 'aws:PrincipalArn': names.roleArn('BackupDatabase') },
    },
  });

export const addStoreRules = (bucket: Bucket, names: Names, config: Pick<Config, 'objectLock.days'>): void => {
  const all = config['objectLock.days'] > 0 ? [...rules, ...lockRules] : rules;
  for (const { sid, keys, actions, but, conditions } of all)
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...actions],
        resources: keys.map((key) => bucket.arnForObjects(key)),
        conditions: {
          ...conditions,
          ...(but && { ArnNotEquals: { 'aws:PrincipalArn': but.map((name) => names.roleArn(name)) } }),
        },
      }),
    );
  bucket.addToResourcePolicy(dumpsForTheBackup(bucket, names));
};
