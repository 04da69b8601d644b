import { type ConnectFacts, connect, missingPrivileges } from '#domain/boxes/07-connect';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';

const facts: ConnectFacts = {
  expected: { projectId: 'project-1', branchId: 'br-staging', database: 'app' },
  record: {
    platform: 'neon',
    projectId: 'project-1',
    branchId: 'br-staging',
    branchName: 'staging',
    isDefault: false,
    isProtected: false,
    database: 'app',
    storageLimitBytes: null,
  },
  identity: {
    database: 'app',
    user: 'app_owner',
    serverVersion: 170010,
    systemIdentifier: null,
    isInRecovery: false,
    tls: true,
  },
  mark: {
    environment: 'staging',
    projectId: 'project-1',
    branchId: 'br-staging',
    markedBy: 'ada@example.org',
    markedAt: '2026-11-01T08:00:00.000Z',
  },
  connection: { host: 'ep-1.example.org', user: 'app_owner', database: 'app', pooled: false, tls: true },
  privileges: [
    { need: 'CREATE on schema public', held: true },
    { need: 'owner of public.jobs', held: true },
  ],
};

const { record, identity, mark, connection } = facts;

test('the same staging database as configured is the right one', () => {
  expect(answerOf(connect, '7.1', facts)).toEqual({
    box: '7.1',
    answer: 'proved',
    reason: 'database "app" on project project-1, branch staging (br-staging)',
    facts: { identity, record },
  });
});

test('a database that lost its mark since Step 4 is not the right one', () => {
  const answer = answerOf(connect, '7.1', { ...facts, mark: null });

  expect(answer).toMatchObject({ answer: 'failed', facts: { record, mark: null } });
  expect(answer?.reason).toBe(
    'it is not proved that the target is staging: the database carries no staging mark; a person sets it with "npm run mark-staging"',
  );
});

test('a connection that became pooled is not the right one', () => {
  const pooled = { ...connection, pooled: true };

  expect(answerOf(connect, '7.1', { ...facts, connection: pooled })).toEqual({
    box: '7.1',
    answer: 'failed',
    reason: 'ep-1.example.org is a pooled endpoint; a migration needs the direct one',
    facts: { identity, host: 'ep-1.example.org', pooled: true },
  });
});

test('a doubt about staging is told before a fault of the connection', () => {
  const moved = { ...facts, record: { ...record, isDefault: true }, connection: { ...connection, pooled: true } };

  const answer = answerOf(connect, '7.1', moved);

  expect(answer).toMatchObject({ answer: 'failed', facts: { record: { isDefault: true }, mark } });
  expect(answer?.reason).toContain('default branch');
  expect(answer?.reason).not.toContain('pooled');
});

test('a role that holds every privilege is told with their number', () => {
  expect(answerOf(connect, '7.2', facts)).toEqual({
    box: '7.2',
    answer: 'proved',
    reason: 'role "app_owner" holds the 2 privileges that the statements need',
    facts: { privileges: facts.privileges },
  });
});

test('the privileges that the role lacks fail the box, by name', () => {
  const privileges = [
    { need: 'CREATE on schema public', held: false },
    { need: 'REFERENCES on public.users', held: true },
    { need: 'owner of public.jobs', held: false },
  ];

  expect(missingPrivileges(privileges)).toEqual(['CREATE on schema public', 'owner of public.jobs']);
  expect(answerOf(connect, '7.2', { ...facts, privileges })).toEqual({
    box: '7.2',
    answer: 'failed',
    reason: 'role "app_owner" lacks: CREATE on schema public, owner of public.jobs',
    facts: { privileges },
  });
});

test('until the privileges are read only the database is answered', () => {
  const { privileges: _, ...earlier } = facts;

  expect(answersByBox(answersOf(connect, earlier))).toEqual({ '7.1': 'proved' });
});
