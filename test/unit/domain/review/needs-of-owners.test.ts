/** What the statements need of tables that are there already: the role that owns them. */
import { parseMigration } from '#domain/migration/parse-migration';
import { privilegeNeeds } from '#domain/review/privilege-needs';

const needsOf = async (sql: string) => {
  const text = `-- Purpose: x\n${sql}\n\n-- ROLLBACK\n--   DROP TABLE IF EXISTS zzz;\n`;
  return privilegeNeeds(await parseMigration('002_x.sql', Buffer.from(text)));
};

const ownJobs = { kind: 'own relation', relation: 'public.jobs' };

test.each([
  ['COMMENT ON TABLE jobs', `COMMENT ON TABLE jobs IS 'x';`],
  ['COMMENT ON COLUMN', `COMMENT ON COLUMN public.jobs.status IS 'x';`],
  ['COMMENT ON CONSTRAINT', `COMMENT ON CONSTRAINT ck ON jobs IS 'x';`],
  ['COMMENT ON TRIGGER', `COMMENT ON TRIGGER t ON jobs IS 'x';`],
  ['DROP TRIGGER', 'DROP TRIGGER t ON jobs;'],
  ['DROP POLICY', 'DROP POLICY p ON public.jobs;'],
  ['ALTER SEQUENCE', 'ALTER SEQUENCE jobs INCREMENT 2;'],
  ['ALTER TABLE', 'ALTER TABLE jobs ADD COLUMN a int;'],
  ['RENAME', 'ALTER TABLE jobs RENAME TO tasks;'],
  ['SET SCHEMA', 'ALTER TABLE jobs SET SCHEMA other;'],
  ['CREATE INDEX', 'CREATE INDEX i ON jobs (a);'],
  ['CREATE POLICY', 'CREATE POLICY p ON jobs;'],
  ['DROP TABLE', 'DROP TABLE jobs;'],
])('%s is for the owner', async (_, sql) => {
  expect(await needsOf(sql)).toEqual([ownJobs]);
});

test.each([
  ['a partition', 'CREATE TABLE jobs_1 PARTITION OF jobs FOR VALUES FROM (1) TO (2);'],
  ['a child', 'CREATE TABLE jobs_1 () INHERITS (jobs);'],
])('%s is made by the owner of its parent', async (_, sql) => {
  expect(await needsOf(sql)).toEqual([{ kind: 'create in schema', schema: 'public' }, ownJobs]);
});

test('a comment on what the migration makes itself needs nothing more', async () => {
  const needs = await needsOf(
    `CREATE TABLE notes (a int); COMMENT ON COLUMN notes.a IS 'x'; COMMENT ON TABLE notes IS 'x';`,
  );

  expect(needs).toEqual([{ kind: 'create in schema', schema: 'public' }]);
});

test('each need is asked once', async () => {
  expect(await needsOf('ALTER TABLE jobs ADD COLUMN a int; ALTER TABLE jobs ADD COLUMN b int;')).toEqual([ownJobs]);
});
