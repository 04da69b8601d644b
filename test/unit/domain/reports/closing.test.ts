import { closingOf, type Ending, messageOf } from '#domain/reports/closing';

type Failure = NonNullable<Ending['failure']>;

const compared = { outcome: 'compared', concerning: [], elsewhere: [] } as const;

const ending = (differing: Partial<Ending> = {}): Ending => ({
  migration: '002_create_notes.sql',
  decision: null,
  failure: null,
  rollback: null,
  server: compared,
  ...differing,
});

const failure = (differing: Partial<Failure> = {}): Failure => ({
  state: 'Step 9: Verify schema',
  error: 'VerificationFailed',
  cause: 'an index is missing',
  committed: true,
  ...differing,
});

const halfApplied = failure({
  state: 'Step 8: Apply migration',
  error: 'StatementFailed',
  cause: 'duplicate key',
  standing: 'partly applied: unit 1 of 2 is committed',
});

const approval = { decision: 'approved', by: 'ada@example.org', reason: 'good' };
const nothingChanged = 'Nothing was changed on the target: correct this and start a new run.';
const newMigration = 'Correct it in a new migration and leave the file unchanged.';

/** The workflow's ways to an end without sign-off; each a whole text, because a person reads it as one. */
test.each<[string, Partial<Ending>, string, string]>([
  [
    'a failure before the commit',
    {
      failure: failure({
        state: 'Step 6: Dry run',
        error: 'StatementFailed',
        cause: 'no such table',
        committed: false,
      }),
    },
    'StatementFailed',
    `Step 6: Dry run: no such table. ${nothingChanged}`,
  ],
  [
    'a failure before the commit, after an approval',
    { decision: approval, failure: failure({ state: 'Step 7: Connect', cause: 'not staging.', committed: false }) },
    'VerificationFailed',
    `Step 7: Connect: not staging. ${nothingChanged}`,
  ],
  [
    'a rejection',
    { decision: { decision: 'rejected', by: 'ada@example.org', reason: 'the key has no name' } },
    'ApprovalRejected',
    `ada@example.org rejected 002_create_notes.sql: the key has no name. ${nothingChanged}`,
  ],
  [
    'a rejection whose reason is a sentence already',
    { decision: { decision: 'rejected', by: 'ada@example.org', reason: 'Not today!' } },
    'ApprovalRejected',
    `ada@example.org rejected 002_create_notes.sql: Not today! ${nothingChanged}`,
  ],
  [
    'an approval that nobody answered',
    { failure: failure({ state: 'Approve apply', error: 'States.Timeout', cause: '', committed: false }) },
    'ApprovalExpired',
    'Nobody decided "Approve apply" of 002_create_notes.sql in time. Nothing was changed on the target. Start a new run.',
  ],
  [
    'an approval that could not be asked for',
    { failure: failure({ state: 'Approve review', error: 'PlatformFailed', cause: 'no mail', committed: false }) },
    'PlatformFailed',
    `Approve review: no mail. ${nothingChanged}`,
  ],
  [
    'a step that ran out of time and said nothing',
    { failure: failure({ state: 'Step 5: Back up database', error: 'States.Timeout', cause: '', committed: false }) },
    'States.Timeout',
    `Step 5: Back up database: it ended with States.Timeout. ${nothingChanged}`,
  ],
  [
    'a migration that was rolled back',
    { failure: failure(), rollback: { outcome: 'rolled back' } },
    'VerificationFailed',
    `Step 9: Verify schema: an index is missing. 002_create_notes.sql was rolled back, and the schema is the same as before. ${newMigration}`,
  ],
  [
    'a rollback that leaves what cannot be undone',
    { failure: failure(), rollback: { outcome: 'rolled back' }, remaining: ['~ TYPE public.mood: labels', '~ B'] },
    'VerificationFailed',
    `Step 9: Verify schema: an index is missing. 002_create_notes.sql was rolled back, and the schema is the same as before except for what does no harm or cannot be undone: ~ TYPE public.mood: labels; ~ B. ${newMigration}`,
  ],
  [
    'a rollback after which the schema differs',
    {
      failure: failure(),
      rollback: { outcome: 'rolled back and differs', error: 'VerificationFailed', cause: 'a column is left.' },
    },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. 002_create_notes.sql was rolled back, but the schema differs from before: a column is left. Compare and correct by hand.',
  ],
  [
    'a rollback that could not be verified',
    {
      failure: failure(),
      rollback: { outcome: 'rolled back and differs', error: 'DatabaseUnreachable', cause: 'no answer' },
    },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. 002_create_notes.sql was rolled back, but the schema could not be compared with the one before the migration: no answer. Compare by hand.',
  ],
  [
    'a rollback that failed',
    { failure: failure(), rollback: { outcome: 'failed', error: 'StatementFailed', cause: 'a view depends on it' } },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. The rollback of 002_create_notes.sql failed: a view depends on it. npm run status says whether 002_create_notes.sql is still applied: roll it back by hand or keep it, then say so with npm run settle.',
  ],
  [
    'a rollback that ran out of time and said nothing',
    { failure: failure(), rollback: { outcome: 'failed', error: 'States.Timeout', cause: '' } },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. The rollback of 002_create_notes.sql failed: it ended with States.Timeout. npm run status says whether 002_create_notes.sql is still applied: roll it back by hand or keep it, then say so with npm run settle.',
  ],
  [
    'a rollback that a person rejected',
    {
      decision: { decision: 'rejected', by: 'ada@example.org', reason: 'we keep it' },
      failure: failure({ state: 'Step 16: Monitor', error: 'MonitoringAlarm', cause: 'Deadlocks: 3 deadlocks' }),
      rollback: { outcome: 'not approved' },
    },
    'MonitoringAlarm',
    'Step 16: Monitor: Deadlocks: 3 deadlocks. 002_create_notes.sql is still applied on the target: ada@example.org rejected the rollback (we keep it). Roll it back by hand, or correct it in a new migration and leave the file unchanged.',
  ],
  [
    'a committed migration without a word of a rollback',
    { failure: failure() },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. 002_create_notes.sql is still applied on the target. Roll it back by hand, or correct it in a new migration and leave the file unchanged.',
  ],
  [
    'an outcome that nobody knows',
    {
      failure: failure({ state: 'Establish outcome', error: 'DatabaseUnreachable', cause: 'no answer' }),
      rollback: { outcome: 'not answered' },
    },
    'DatabaseUnreachable',
    'Establish outcome: no answer. It is not known whether 002_create_notes.sql was committed: nobody answered in time whether to roll it back. Look for its row in migration_checklist.ledger: when there is one, roll back by hand; when there is none, start a new run.',
  ],
  [
    'half a migration whose rollback nobody approved, as earlier versions wrote it',
    { failure: halfApplied, rollback: { outcome: 'not approved' } },
    'StatementFailed',
    'Step 8: Apply migration: duplicate key. 002_create_notes.sql is partly applied: unit 1 of 2 is committed: nobody approved the rollback. Undo it by hand as its rollback section says, then say so with npm run settle: no other run starts before that.',
  ],
  [
    'a rollback that nobody could be asked about',
    {
      failure: failure(),
      rollback: { outcome: 'not asked', error: 'PlatformFailed', cause: 'the mail was not accepted: Throttling.' },
    },
    'VerificationFailed',
    'Step 9: Verify schema: an index is missing. 002_create_notes.sql is still applied on the target: nobody could be asked whether to roll it back (the mail was not accepted: Throttling). Roll it back by hand, or correct it in a new migration and leave the file unchanged.',
  ],
  [
    'half a migration that was rolled back, and is still to be applied',
    { failure: halfApplied, rollback: { outcome: 'rolled back' } },
    'StatementFailed',
    'Step 8: Apply migration: duplicate key. The applied part of 002_create_notes.sql was rolled back, and the schema is the same as before. Correct it and start a new run.',
  ],
  [
    'no reason at all',
    {},
    'RunClosed',
    'The run of 002_create_notes.sql was closed without a decision or an error. Look at its evidence before you start a new run.',
  ],
])('%s', (_, differing, error, cause) => {
  expect(closingOf(ending(differing))).toEqual({ error, cause });
});

test('the message of a function is taken out of its JSON', () => {
  const cause = JSON.stringify({ errorType: 'StatementFailed', errorMessage: 'line 3: no such table', trace: [] });

  expect(messageOf(cause)).toBe('line 3: no such table');
  expect(closingOf(ending({ failure: failure({ cause, committed: false }) })).cause).toMatch(
    /^Step 9: Verify schema: line 3: no such table\. /,
  );
});

test.each(['plain words', '{"errorMessage": 5}', '{"other": "x"}', 'null', '"text"', '{broken', ''])(
  "a cause that is no function's error stays as it is: %s",
  (cause) => {
    expect(messageOf(cause)).toBe(cause);
  },
);

test.each<[string, Ending['server'], string]>([
  ['ran nothing', { outcome: 'not reached' }, 'No statement of it was run: correct this and start a new run.'],
  [
    'could not compare',
    { outcome: 'not compared', because: 'no answer' },
    "Nothing of it was committed; whether the server's roles, settings and sessions are as Step 4 saw them could not be compared (no answer): correct this and start a new run.",
  ],
  [
    'found a difference',
    { outcome: 'compared', concerning: ['role "r" was made: NOLOGIN'], elsewhere: ['role "x" is gone: was LOGIN'] },
    'Nothing of it was committed, but roles, settings or sessions of the server differ from what Step 4 saw: role "r" was made: NOLOGIN. Look whether the rehearsal or somebody else changed them: correct this and start a new run.',
  ],
  [
    "found a difference that is not the run's",
    { outcome: 'compared', concerning: [], elsewhere: ['role "x" is gone: was LOGIN'] },
    'Nothing was changed on the target (elsewhere on its server, meanwhile: role "x" is gone: was LOGIN): correct this and start a new run.',
  ],
])('a run that %s claims no more than that', (_, server, words) => {
  const { cause } = closingOf(
    ending({ failure: failure({ state: 'Step 6: Dry run', committed: false }), ...(server && { server }) }),
  );

  expect(cause).toBe(`Step 6: Dry run: an index is missing. ${words}`);
});
