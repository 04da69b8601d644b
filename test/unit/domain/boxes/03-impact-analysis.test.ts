import { dependentsIn, impactAnalysis } from '#domain/boxes/03-impact-analysis';
import { seenSessions } from '#domain/environment/sessions';
import { answerOf } from '#test/support/judged';
import { ordersCatalog, sizeOf, subjectOf } from '#test/support/review-subject';

const box = async (id: '3.1' | '3.3' | '3.4' | '3.5', sql: string) => {
  const statistics = { takenAt: '2026-11-22T08:00:00.000Z', statistics: [sizeOf('public.orders')] };
  const subject = await subjectOf(sql, 'SELECT 1;', { catalog: ordersCatalog });
  return answerOf(impactAnalysis, id, { ...subject, statistics });
};

test('locks that nobody waits for and locks that others wait for are said apart', async () => {
  const harmless = await box('3.5', 'CREATE INDEX CONCURRENTLY note_idx ON orders (order_id, note);');
  const blocking = await box('3.5', "COMMENT ON TABLE orders IS 'x';\nALTER TABLE orders ADD COLUMN kind text;");

  expect(harmless).toMatchObject({
    answer: 'proved',
    reason: 'no predicted lock on an existing table stops readers or writers',
  });
  expect(blocking).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(
      /^others wait for 1 predicted lock on existing tables, at most about \d+ ms; the dry run measures the real time$/,
    ),
  });
});

test('of the predicted locks all are facts, and those that others wait for are counted', async () => {
  const answer = await box(
    '3.5',
    'CREATE INDEX CONCURRENTLY note_idx ON orders (order_id, note);\nALTER TABLE orders ADD COLUMN kind text;\nALTER TABLE orders ADD COLUMN size text;',
  );

  expect(answer?.reason).toMatch(/^others wait for 2 predicted locks on existing tables/);
  expect(answer?.facts).toMatchObject({
    locks: [
      { mode: 'ShareUpdateExclusiveLock', blocks: 'nobody' },
      { mode: 'AccessExclusiveLock', blocks: 'readers and writers' },
      { mode: 'AccessExclusiveLock', blocks: 'readers and writers' },
    ],
  });
});

test('a migration of new tables only has no lock to predict', async () => {
  expect(await box('3.5', 'CREATE TABLE fresh (fresh_id bigint PRIMARY KEY);')).toMatchObject({
    answer: 'not applicable',
    reason: 'the migration touches no existing table',
  });
});

test('what is read from statements proves nothing of code that cannot be read', async () => {
  const unseen = "DO $$ BEGIN EXECUTE 'DROP ' || 'TABLE orders'; END $$;";

  for (const id of ['3.1', '3.4'] as const) {
    expect((await box(id, 'ALTER TABLE orders ADD COLUMN kind text;'))?.answer).toBe('proved');
    expect(await box(id, unseen)).toMatchObject({
      answer: 'open',
      reason: expect.stringMatching(/^the review cannot read the code in line 4; for the rest: /),
    });
  }
});

test('which services depend on the tables stays open for the approver', async () => {
  expect(await box('3.3', 'SELECT 1;')).toEqual({
    box: '3.3',
    answer: 'open',
    reason: 'the approver attests that the services that depend on the affected tables are known',
  });
});

test('what the approver is shown is named in the box, and documents without it are judged as before', async () => {
  const subject = await subjectOf('ALTER TABLE orders ADD COLUMN kind text;', 'SELECT 1;', { catalog: ordersCatalog });
  const dependents = dependentsIn(subject, { roles: [], memberships: [] } as never);
  const sessions = seenSessions({
    at: '2026-11-22T08:00:00.000Z',
    askedBy: 'app',
    own: 1,
    groups: [{ application: 'orders-api', role: 'app', count: 3, since: null }],
  });

  expect(await answerOf(impactAnalysis, '3.3', { migration: subject.migration, dependents, sessions })).toMatchObject({
    answer: 'open',
    reason:
      '0 roles with privileges; sessions of 1 application (orders-api); 1 dependent object (view public.noted); the approver attests that the services that depend on the affected tables are known',
  });
});
