/** Old backups lose their bytes once a newer one is good, and nothing else does. */

import { expiryInWords } from '#domain/backup/expiry';
import { type Manifest, manifestText, scriptNames } from '#domain/backup/manifest';
import { sha256Of } from '#domain/sha256';
import { expireBackups, readExpiry } from '#lambdas/record/expire-backups';
import { toJson } from '#lambdas/record/json';
import { backupKey, backupPrefix, documentKey, expiryKey, pinnedKeys } from '#lambdas/record/keys';
import { verifyBackupFiles } from '#lambdas/record/verify-backup-files';
import type { RunPin } from '#statemachine/contract';
import { document } from '#test/support/documents';
import { memoryStore } from '#test/support/fake-ports';

const dayMs = 86_400_000;
const now = new Date('2026-11-30T08:00:00.000Z');
const clock = { now: () => now };
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();

const file = (name: string) => ({ name, sizeBytes: name.length, sha256: sha256Of(name) });

const manifestOf = (madeAt: string): Manifest => ({
  ...{ format: 1, madeBy: '0.8.0', madeAt, pgDump: '17', compression: 'gzip', roles: [], notHeld: [] },
  source: { host: 'a', port: 5432, database: 'app', encoding: 'UTF8', server: 170_000 },
  ...{ readme: file('README.txt'), rolesScript: file('roles.sql'), contents: file('contents.sql.gz') },
  scripts: Object.fromEntries(scriptNames.map((name) => [name, file(`${name}.sql.gz`)])) as Manifest['scripts'],
  rows: [{ ...file('rows/0001.sql.gz'), parts: [] }],
  ...{ largeObjects: null, catalogFingerprint: 'c0de' },
});

const target = { projectId: 'p', branchId: 'b', database: 'app' };
const pinOf = (runId: string, of = target) => ({ runId, target: of }) as unknown as RunPin;

type Made = {
  readonly runId: string;
  readonly days: number;
  readonly of?: typeof target | null;
  readonly keepDays?: number;
};

/** The store of runs that each have made a backup so many days ago; without a target it is a person's own. */
const storeWith = async (...made: readonly Made[]) => {
  const store = memoryStore();
  for (const { runId, days, of = target, keepDays } of made) {
    const text = manifestText(manifestOf(daysAgo(days)));
    for (const name of Object.values(JSON.parse(text).scripts as Record<string, { name: string }>).map(
      (one) => one.name,
    ))
      await store.write(`${backupPrefix(runId)}${name}`, name);
    for (const name of ['README.txt', 'roles.sql', 'contents.sql.gz', 'rows/0001.sql.gz'])
      await store.write(`${backupPrefix(runId)}${name}`, name);
    await store.write(backupKey(runId), text);
    if (of !== null) await store.write(pinnedKeys(runId).run, toJson(pinOf(runId, of)));
    const backup = { key: backupKey(runId), sha256: sha256Of(text) };
    const facts = { backup, ...(keepDays !== undefined && { keepDays }) };
    await store.write(
      documentKey(runId, '05-backup-database'),
      toJson(document('05-backup-database', { format: 2, facts })),
    );
  }
  return store;
};

const leftOf = (store: Awaited<ReturnType<typeof storeWith>>, runId: string) =>
  Object.keys(store.texts()).filter((key) => key.startsWith(backupPrefix(runId)));

const verified = async (store: Awaited<ReturnType<typeof storeWith>>, runId: string) =>
  verifyBackupFiles(store, runId, [JSON.parse(store.texts()[documentKey(runId, '05-backup-database')] ?? '')]);

test('what is old enough keeps its manifest and loses its bytes, and the verifier says that it was planned', async () => {
  const store = await storeWith({ runId: 'old', days: 91 }, { runId: 'young', days: 89 }, { runId: 'now', days: 0 });

  const expired = await expireBackups({ store, clock }, pinOf('now'), 90);

  expect(expired).toEqual([{ runId: 'old', madeAt: daysAgo(91), sizeBytes: expect.any(Number) }]);
  expect(leftOf(store, 'old').sort()).toEqual([expiryKey('old'), backupKey('old')]);
  expect(leftOf(store, 'young')).toHaveLength(9);
  expect(await verified(store, 'old')).toEqual({
    problems: [],
    notes: [
      'the backup expired as planned on 2026-11-30: it was kept for 90 days at least, and run now has a newer one',
    ],
  });
  expect(await verified(store, 'young')).toEqual({ problems: [], notes: [] });
  expect(await expireBackups({ store, clock }, pinOf('now'), 90)).toEqual([]);
});

test.each<[string, Made]>([
  ['the newest good one, however old', { runId: 'now', days: 4_000 }],
  ['of another target', { runId: 'other', days: 4_000, of: { ...target, branchId: 'another' } }],
  ['of a person', { runId: 'by-hand', days: 4_000, of: null }],
  ['that its own run has promised to keep longer', { runId: 'promised', days: 100, keepDays: 365 }],
])('one stays: %s', async (_, made) => {
  const store = await storeWith(made);

  expect(await expireBackups({ store, clock }, pinOf('now'), 90)).toEqual([]);
  expect(leftOf(store, made.runId)).toHaveLength(9);
});

test('an expiry that was interrupted goes on with the next one', async () => {
  const store = await storeWith({ runId: 'old', days: 91 });
  const remove = store.remove;
  const failing = {
    ...store,
    remove: async (key: string) => (key.includes('rows/') ? Promise.reject(new Error('cut')) : remove(key)),
  };

  await expect(expireBackups({ store: failing, clock }, pinOf('now'), 90)).rejects.toThrow('cut');
  const [half, noted] = [leftOf(store, 'old').length, await readExpiry(store, 'old')];
  await expireBackups({ store, clock }, pinOf('later'), 90);

  expect(half).toBeGreaterThan(2);
  expect(leftOf(store, 'old')).toHaveLength(2);
  expect(noted && expiryInWords(noted)).toContain('run now has a newer one');
  expect(await readExpiry(store, 'old')).toEqual(noted);
});

test('bytes that are gone without a plan, before it or with a note of another backup are problems', async () => {
  const gone = async (
    note: (of: { readonly madeAt: string; readonly sha256: string }) => object | null,
    keepDays?: number,
  ) => {
    const store = await storeWith({ runId: 'old', days: 91, ...(keepDays !== undefined && { keepDays }) });
    const sha256 = sha256Of(store.texts()[backupKey('old')] ?? '');
    await store.remove(`${backupPrefix('old')}rows/0001.sql.gz`);
    const text = note({ madeAt: daysAgo(91), sha256 });
    if (text !== null) await store.write(expiryKey('old'), toJson(text));
    return (await verified(store, 'old')).problems.join('\n');
  };
  const planned = { format: 1, expiredAt: now.toISOString(), keepDays: 90, newer: 'now' };

  expect(await gone((of) => ({ ...planned, ...of }))).toBe('');
  expect(await gone(() => null)).toContain('rows/0001.sql.gz is gone');
  expect(await gone((of) => ({ ...planned, ...of, sha256: 'c0de' }))).toContain('it speaks of another backup');
  expect(await gone((of) => ({ ...planned, ...of, keepDays: 365 }))).toContain('was to be kept for 365 days');
  expect(await gone((of) => ({ ...planned, ...of }), 365)).toContain('was to be kept for 365 days');
  expect(await gone((of) => ({ ...planned, ...of, madeAt: 'never' }))).toContain('it is no note of an expiry');
});
