import { privilegeNeeds } from '#domain/review/privilege-needs';
import { subjectOf } from '../../support/review-subject';

const needsOf = async (sql: string) => privilegeNeeds((await subjectOf(sql)).migration);

test('a new object needs CREATE in its schema, unless the schema is new too', async () => {
  expect(await needsOf('CREATE TABLE a (b int); CREATE VIEW s.v AS SELECT 1; CREATE INDEX i ON a (b);')).toEqual([
    { kind: 'create in schema', schema: 'public' },
    { kind: 'create in schema', schema: 's' },
  ]);
  expect(await needsOf('CREATE SCHEMA s; CREATE TABLE s.a (b int);')).toEqual([]);
});

test('an existing table needs its owner for changes, and REFERENCES for foreign keys', async () => {
  expect(
    await needsOf(
      'ALTER TABLE a ADD COLUMN b int REFERENCES c; CREATE TRIGGER t BEFORE UPDATE ON a EXECUTE FUNCTION f(); DROP TABLE d;',
    ),
  ).toEqual([
    { kind: 'own relation', relation: 'public.a' },
    { kind: 'own relation', relation: 'public.d' },
    { kind: 'reference relation', relation: 'public.c' },
  ]);
});

test('what the migration makes itself is its own', async () => {
  expect(await needsOf('CREATE TABLE a (b int PRIMARY KEY); ALTER TABLE a ADD COLUMN c int REFERENCES a;')).toEqual([
    { kind: 'create in schema', schema: 'public' },
  ]);
});
