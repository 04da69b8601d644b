import { findingsOfSchema, schemaValidation } from '#domain/boxes/02-schema-validation';
import { answerOf, answersOf } from '#test/support/judged';
import { ordersCatalog, subjectOf } from '#test/support/review-subject';

test('whether the diagram shows what was meant stays open for the approver', async () => {
  expect(answerOf(schemaValidation, '2.1', await subjectOf('SELECT 1;'))).toEqual({
    box: '2.1',
    answer: 'open',
    reason: 'the approver compares the statements with the ER diagram and attests to it',
  });
});

test('what a rule of this step finds fails its box and no other, and is a finding of the step', async () => {
  const subject = await subjectOf('CREATE TABLE a (a_id bigint PRIMARY KEY, "Mixed" text NOT NULL);', 'DROP TABLE a;');

  const answers = answersOf(schemaValidation, subject);

  expect(answers.find(({ box }) => box === '2.2')).toMatchObject({
    answer: 'failed',
    reason: expect.stringContaining('Mixed'),
  });
  expect(answers.find(({ box }) => box === '2.3')?.answer).toBe('not applicable');
  expect(findingsOfSchema(subject).map(({ rule }) => rule)).toContain('name-not-snake-case');
});

test('a unique index over existing rows leaves open whether they are unique; one over a new table does not', async () => {
  const over = (table: string) => `CREATE UNIQUE INDEX note_key ON ${table} (note, kind);`;
  const made = 'CREATE TABLE fresh (fresh_id bigint PRIMARY KEY, note text, kind text);\n';
  const onOld = await subjectOf(over('orders'), 'SELECT 1;', { catalog: ordersCatalog });
  const onNew = await subjectOf(made + over('fresh'), 'SELECT 1;', { catalog: ordersCatalog });

  expect(answerOf(schemaValidation, '2.6', onOld)).toMatchObject({
    answer: 'open',
    reason: expect.stringContaining(
      'the dry run shows whether the existing rows of public.orders (note, kind) are unique',
    ),
  });
  expect(answerOf(schemaValidation, '2.6', onNew)?.answer).toBe('proved');
});
