import { privilegeNeeds } from '#domain/review/privilege-needs';
import { subjectOf } from '#test/support/review-subject';

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

test('changes of rows need the privilege of their kind, also inside WITH, ON CONFLICT and MERGE', async () => {
  const change = (relation: string, privilege: string) => ({ kind: 'change rows', relation, privilege });

  expect(
    await needsOf(
      `INSERT INTO a (b) SELECT 1 ON CONFLICT (b) DO UPDATE SET b = 2; TRUNCATE c, s.d;
       WITH gone AS (DELETE FROM e RETURNING *) UPDATE f SET g = 1;
       MERGE INTO h USING a ON h.b = a.b WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (b) VALUES (1);`,
    ),
  ).toEqual([
    change('public.a', 'INSERT'),
    change('public.a', 'UPDATE'),
    change('public.c', 'TRUNCATE'),
    change('s.d', 'TRUNCATE'),
    change('public.f', 'UPDATE'),
    change('public.e', 'DELETE'),
    change('public.h', 'DELETE'),
    change('public.h', 'INSERT'),
  ]);
});

test('rows of tables that the migration makes, and what only reads, need nothing of it', async () => {
  expect(await needsOf('CREATE TABLE a (b int); INSERT INTO a SELECT b FROM c;')).toEqual([
    { kind: 'create in schema', schema: 'public' },
  ]);
});

test('what is made is made in the schema that the search_path names, and what is temporary needs nothing', async () => {
  expect(await needsOf('SET search_path = app, public; CREATE TABLE a (b int); CREATE TEMP TABLE c (d int);')).toEqual([
    { kind: 'create in schema', schema: 'app' },
  ]);
});
