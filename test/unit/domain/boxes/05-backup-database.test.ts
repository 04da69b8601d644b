import type { Backup, BackupComparison } from '#domain/backup/backup';
import { backupDatabase, backupNamedBy, type Restore } from '#domain/boxes/05-backup-database';
import { answer, document } from '#test/support/documents';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';

const backup: Backup = {
  key: 'runs/run-1/backup.dump',
  uri: 's3://evidence/runs/run-1/backup.dump',
  versionId: 'v1',
  sha256: 'd0d0',
  sizeBytes: 2048,
  tables: [
    { table: 'public.jobs', rows: 3, sha256: 'a' },
    { table: 'public.users', rows: 4, sha256: 'b' },
  ],
  catalogFingerprint: 'cafe',
  tools: { pgDump: '17.5', server: 170010 },
  durationMs: 900,
};

const restorePoint = {
  name: 'restore-point-run-1',
  branchId: 'br-7',
  expiresAt: '2026-11-29T08:00:00.000Z',
  parentLsn: '0/16B3748',
  isRestorable: true,
};

const comparison: BackupComparison = {
  isEqual: true,
  tablesCompared: 2,
  rowsCompared: 7,
  differences: [],
  durationMs: 500,
};

const restored = (restore: Restore) => answerOf(backupDatabase, '5.2', { restore });

test('a dump and a restore point prove that a backup was made', () => {
  expect(answerOf(backupDatabase, '5.1', { backup, restorePoint })).toEqual({
    box: '5.1',
    answer: 'proved',
    reason: 'dump of 2 tables with 7 rows, and restore point restore-point-run-1',
    facts: { restorePoint, tables: backup.tables, durationMs: 900 },
  });
});

test('where the server keeps no restore point, the dump is the only way back', () => {
  const positionOnly = { ...restorePoint, isRestorable: false };

  expect(answerOf(backupDatabase, '5.1', { backup, restorePoint: positionOnly })?.reason).toBe(
    'dump of 2 tables with 7 rows, and log position 0/16B3748; the server keeps no restore point, so the dump is the only way back',
  );
});

test('a backup that restores to the same is proved', () => {
  expect(restored({ comparison })).toEqual({
    box: '5.2',
    answer: 'proved',
    reason:
      'restored into a scratch database and compared: 2 tables with 7 rows; rows, catalog and sequences are equal',
    facts: { comparison },
  });
});

test("the checklist's own tables and rows are told apart, and no rows are said as such", () => {
  const tables = [
    { table: 'public.jobs', rows: 0, sha256: 'a' },
    { table: 'migration_checklist.ledger', rows: 2, sha256: 'b' },
  ];

  expect(
    answerOf(backupDatabase, '5.2', {
      backup: { ...backup, tables },
      restore: { comparison: { ...comparison, rowsCompared: 2 } },
    })?.reason,
  ).toBe(
    'restored into a scratch database and compared: 1 table with 0 rows, beside them 1 with 2 rows of the schema migration_checklist; rows, catalog and sequences are equal',
  );
});

test('a stored word that both are equal proves nothing where tables or rows were not compared', () => {
  const answer = (differing: Partial<BackupComparison>) =>
    answerOf(backupDatabase, '5.2', { backup, restore: { comparison: { ...comparison, ...differing } } });

  expect(answer({})?.answer).toBe('proved');
  expect(answer({ tablesCompared: 1 })).toMatchObject({
    answer: 'failed',
    reason: 'the restored database differs: 1 table of 2 in the dump were compared',
  });
  expect(answer({ rowsCompared: 6 })?.answer).toBe('failed');
  expect(answer({ differences: ['public.jobs: 3 rows became 2'] })?.answer).toBe('failed');
  expect(answer({ isEqual: false })?.answer).toBe('failed');
});

test('a backup that restores to something else fails, with what differs', () => {
  const different = { ...comparison, isEqual: false, differences: ['public.jobs: 3 rows became 2', 'sequence s'] };

  expect(restored({ comparison: different })).toEqual({
    box: '5.2',
    answer: 'failed',
    reason: 'the restored database differs: public.jobs: 3 rows became 2; sequence s',
    facts: { comparison: different },
  });
});

test.each([
  ['fails', false, 'failed'],
  ['says nothing of the backup when its server went away', true, 'open'],
])('a restore that did not come to its end %s', (_, wasCutOff, given) => {
  expect(restored({ comparison: null, message: 'relation "jobs" already exists', wasCutOff })).toEqual({
    box: '5.2',
    answer: given,
    reason: 'the restore did not finish: relation "jobs" already exists',
  });
});

test('the place of the dump is told, and how it is recognised', () => {
  expect(answerOf(backupDatabase, '5.3', { backup })).toEqual({
    box: '5.3',
    answer: 'proved',
    reason: 's3://evidence/runs/run-1/backup.dump, 2048 bytes, sha256 d0d0',
    facts: { uri: backup.uri, versionId: 'v1', sha256: 'd0d0', sizeBytes: 2048, tools: backup.tools },
  });
});

test('without a restore point only the place of the dump is answered', () => {
  expect(answersByBox(answersOf(backupDatabase, { backup }))).toEqual({ '5.3': 'proved' });
});

test('the hash of the dump is found where its place was proved, and nowhere else', () => {
  const located = (given: 'proved' | 'failed') =>
    document('05-backup-database', { boxes: [{ ...answer('5.3', given), facts: { sha256: 'd0d0' } }] });

  expect(backupNamedBy([document('04-environment-check'), located('proved')])).toEqual({ key: null, sha256: 'd0d0' });
  expect(backupNamedBy([located('failed')])).toBeNull();
  expect(backupNamedBy([])).toBeNull();
  const observed = document('05-backup-database', { format: 2, facts: { backup } });
  expect(backupNamedBy([observed])).toEqual({ key: 'runs/run-1/backup.dump', sha256: 'd0d0' });
});

test('a rollback without a dump is open where the platform keeps a restore point, and has failed where nothing is saved', () => {
  const notBackedUp = { because: 'blocked by process 7' };

  expect(answersOf(backupDatabase, { notBackedUp, restorePoint }).map(({ box, answer: word }) => [box, word])).toEqual([
    ['5.1', 'open'],
    ['5.2', 'open'],
    ['5.3', 'open'],
  ]);
  expect(
    answersOf(backupDatabase, { notBackedUp, restorePoint: { ...restorePoint, isRestorable: false } }).map(
      ({ box, answer: word }) => [box, word],
    ),
  ).toEqual([
    ['5.1', 'failed'],
    ['5.2', 'open'],
    ['5.3', 'failed'],
  ]);
});

test('a dump that is not known to come back is no backup, nor is a proof of it left', () => {
  const unproved = {
    because: 'the restored backup differs',
    error: 'VerificationFailed',
    dump: { uri: 's3://b', command: null },
  };
  const facts = { backup, restorePoint, restore: { comparison }, notBackedUp: unproved };

  const answers = answersOf(backupDatabase, facts);

  expect(answers.map(({ answer: word }) => word)).toEqual(['open', 'open', 'open']);
  for (const { reason } of answers) expect(reason).toContain('is not known to come back: the restored backup differs');
});
