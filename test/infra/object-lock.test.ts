/** Object Lock in the templates: nothing of it where it is off, and only for those who write what is locked where it is on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '#infra/config';
import { makeStacks } from '#infra/installation';
import { readContext } from '#infra/synthesize';
import {
  approvalKeys,
  backupKey,
  documentKey,
  olderBackupKey,
  publicKeyKeys,
  reportKeys,
  signatureKey,
} from '#lambdas/record/keys';
import { isLockedFile } from '#lambdas/record/locked-files';
import { config, type Resources, type Statement } from './template';

const resourcesWith = (changes: Partial<Config>): Resources => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'object-lock-'));
  try {
    const app = new App({ outdir, context: readContext() });
    makeStacks(app, {
      config: { ...config, ...changes },
      codeOf: () => Code.fromInline('exports.handler = () => null;'),
    });
    return Object.assign({}, ...app.synth().stacks.map(({ template }) => template.Resources));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

const off = resourcesWith({});
const on = resourcesWith({ 'objectLock.days': 400 });

const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

const storeIn = (resources: Resources) =>
  ofType(resources, 'AWS::S3::Bucket').find(([id]) => id.startsWith('StoreBucket'))?.[1].Properties ?? {};

const retentionGrants = (resources: Resources) =>
  ofType(resources, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
    (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement.filter(
      ({ Action }) => Action === 's3:PutObjectRetention',
    ).map((statement) => ({ name: id.replace(/RoleDefaultPolicy.*$/, ''), statement })),
  );

const bypassDenials = (resources: Resources) =>
  ofType(resources, 'AWS::S3::BucketPolicy').flatMap(([, { Properties }]) =>
    (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement.filter(
      ({ Action }) => Action === 's3:BypassGovernanceRetention',
    ),
  );

test('without the option the templates have nothing of a lock', () => {
  expect(ofType(off, 'AWS::Lambda::Function').length).toBeGreaterThan(20);
  expect(JSON.stringify(off)).not.toMatch(/object.?lock|retention\b(?!InDays)|OBJECT_LOCK/i);
});

test('a bucket that is made with the option can lock, keeps nothing by default, and tells every function for how long', () => {
  expect(storeIn(on)).toMatchObject({ ObjectLockEnabled: true, VersioningConfiguration: { Status: 'Enabled' } });
  expect(storeIn(on)).not.toHaveProperty('ObjectLockConfiguration');
  for (const [, { Properties }] of ofType(on, 'AWS::Lambda::Function'))
    if (JSON.stringify(Properties).includes('STORE_BUCKET'))
      expect(Properties).toMatchObject({ Environment: { Variables: { OBJECT_LOCK_DAYS: '400' } } });
});

test('on a bucket that is older the property is not set for which CloudFormation would make another bucket', () => {
  const store = storeIn(resourcesWith({ 'objectLock.days': 400, 'objectLock.isBucketOlder': true }));

  expect(store).toMatchObject({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } });
  expect(store).not.toHaveProperty('ObjectLockEnabled');
  expect(store['ObjectLockConfiguration']).not.toHaveProperty('Rule');
});

test('only who writes what is locked may lock it, in governance mode and for the configured days', () => {
  const grants = retentionGrants(on);

  expect(grants.map(({ name }) => name).sort()).toEqual([
    ...['AnswerTerminal', 'CloseRun', 'CloseStopped', 'DecideApproval', 'RequestApproval', 'SignOff'],
  ]);
  for (const { statement } of grants)
    expect(statement.Condition).toEqual({
      StringEquals: { 's3:object-lock-mode': 'GOVERNANCE' },
      NumericLessThanEquals: { 's3:object-lock-remaining-retention-days': '401' },
    });
});

test('the bucket lets nobody bypass a lock before its policy is changed', () => {
  expect(bypassDenials(on)).toMatchObject([{ Effect: 'Deny', Principal: { AWS: '*' } }]);
  expect(bypassDenials(off)).toEqual([]);
});

const sha256 = 'f'.repeat(64);
const question = approvalKeys.request('run-1', 'again-1');
const decision = approvalKeys.decision('run-1', 'apply', 'ada@example.org');
const lockedKeys = [
  ...[question, decision, documentKey('run-1', 'approve-apply'), documentKey('run-1', 'sign-off')],
  ...[question, decision, documentKey('run-1', 'close-run')].map((key) => signatureKey({ key, sha256 })),
  ...[...Object.values(reportKeys('run-1')), ...Object.values(publicKeyKeys('run-1'))],
];

test.each(lockedKeys)('%s is locked, and who writes it may lock it', (key) => {
  expect(isLockedFile(key)).toBe(true);
  const patterns = retentionGrants(on).flatMap(
    ({ statement }) => JSON.stringify(statement.Resource).match(/"\/[^"]+"/g) ?? [],
  );
  const able = patterns.filter((pattern) =>
    new RegExp(`^${pattern.slice(2, -1).replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(key),
  );
  expect(able.length).toBeGreaterThan(0);
});

test.each([
  approvalKeys.task('run-1', 'apply'),
  approvalKeys.wrongCode('run-1', 'apply', 'ada@example.org', 1),
  approvalKeys.link('link'),
  approvalKeys.delivering('run-1', 'apply'),
  documentKey('run-1', '06-dry-run'),
  backupKey('run-1'),
  olderBackupKey('run-1'),
  'migrations/001.sql',
])('%s is not locked', (key) => {
  expect(isLockedFile(key)).toBe(false);
});
