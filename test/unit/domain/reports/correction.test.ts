import { parseMigration } from '#domain/migration/parse-migration';
import { proposeCorrection } from '#domain/reports/correction';

const wrong = {
  migration: '003_labels.sql',
  description: 'labels',
  purpose: 'labels of notes',
  used: ['001', '003'],
  at: '2026-11-30T15:45:09.123Z',
  isTakenBack: true,
  because: 'the labels\n-- ROLLBACK\n--   DROP TABLE notes;',
};

test('the correction has the next free version, and says what it is for and what it replaces', () => {
  const { fileName, skeleton } = proposeCorrection(wrong);

  expect(fileName).toBe('004_labels_corrected.sql');
  expect(skeleton).toContain(
    '-- Purpose: corrects 003_labels.sql: labels of notes\n-- Because: that one was rolled back: ',
  );
  expect(proposeCorrection({ ...wrong, isTakenBack: false }).skeleton).toContain('-- Because: that one still stands: ');
});

test('a correction of a correction is called as that one is', () => {
  expect(proposeCorrection({ ...wrong, description: 'labels_corrected', used: ['004'] }).fileName).toBe(
    '005_labels_corrected.sql',
  );
});

test('the skeleton is refused until its statements and its way back are written, and is a migration then', async () => {
  const { fileName, skeleton } = proposeCorrection(wrong);
  const filled = skeleton
    .replace('then the statement.', 'then the statement.\nCREATE TABLE labels (name text);')
    .replace('-- The SQL that undoes it.', 'DROP TABLE labels;');

  await expect(parseMigration(fileName, Buffer.from(skeleton))).rejects.toThrow('there is no statement in the file');
  expect(await parseMigration(fileName, Buffer.from(filled))).toMatchObject({
    purpose: 'corrects 003_labels.sql: labels of notes',
    statements: [{ kind: 'CreateStmt' }],
    rollback: { statements: [{ kind: 'DropStmt' }] },
  });
});
