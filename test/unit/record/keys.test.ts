import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  approvalKeys,
  artifactKeys,
  backupKey,
  backupPrefix,
  documentKey,
  laterFolder,
  pinnedKeys,
  publicKeyKeys,
  recordedCatalogKey,
  reportKeys,
  signatureKey,
  singleFileBackupKeys,
  watchKeys,
  windowKey,
} from '#lambdas/record/keys';
import { projectRoot } from '#test/support/project-root';

const runId = 'run-1';
const artifacts = artifactKeys(runId);

const { migration, back, settings } = pinnedKeys(laterFolder(runId, 1));

const keys: readonly string[] = [
  ...Object.values(pinnedKeys(runId)),
  ...[migration, back, settings],
  documentKey(runId, '05-backup-database'),
  ...[artifacts.catalog('before'), artifacts.contents('after-up'), artifacts.statisticsAtReview, artifacts.baseline],
  backupKey(runId),
  ...[
    'README.txt',
    'roles.sql',
    'before-rows.sql.zst',
    'rows/0001.sql.gz',
    'large-objects.sql.zst',
    'sequences.sql.gz',
  ].map((name) => `${backupPrefix(runId)}${name}`),
  ...['after-rows.sql.gz', 'contents.sql.gz', 'expired.json'].map((name) => `${backupPrefix(runId)}${name}`),
  singleFileBackupKeys(runId)[0],
  approvalKeys.request(runId, 'apply'),
  approvalKeys.decision(runId, 'apply', 'ada@example.org'),
  approvalKeys.wrongCode(runId, 'apply', 'ada@example.org', 1),
  approvalKeys.resent(runId, 'apply', 'ada@example.org', 2),
  approvalKeys.task(runId, 'apply'),
  signatureKey({ key: approvalKeys.request(runId, 'apply'), sha256: 'a'.repeat(64) }),
  signatureKey({ key: documentKey(runId, 'sign-off'), sha256: 'a'.repeat(64) }),
  ...Object.values(publicKeyKeys(runId)),
  ...Object.values(watchKeys(runId)),
  ...Object.values(reportKeys(runId)),
  approvalKeys.link('l'.repeat(43)),
  approvalKeys.delivering(runId, 'apply'),
  approvalKeys.guess('l'.repeat(43), 1),
  windowKey({ projectId: 'p', branchId: 'b', database: 'd' }),
  recordedCatalogKey('f'.repeat(64)),
];

const page = readFileSync(path.join(projectRoot, 'docs/architecture.md'), 'utf8');

/** The keys in the first column of the page's table of the store, as patterns; the exact ones first. */
const documented = [...page.matchAll(/^\| (`(?:runs|backups|approvals|windows|catalogs)\/[^|]*) \|/gm)]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key))
  .map((key) => ({ key, pattern: new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/<\w+>/g, '[^/]+?')}$`) }));

test('every key that a run keeps something under is in the table of docs/architecture.md', () => {
  expect(documented.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !documented.some(({ pattern }) => pattern.test(key)))).toEqual([]);
});

test('every key of the table in docs/architecture.md is one that a run keeps something under', () => {
  expect(documented.length).toBeGreaterThan(10);
  expect(documented.filter(({ pattern }) => !keys.some((key) => pattern.test(key))).map(({ key }) => key)).toEqual([]);
});
