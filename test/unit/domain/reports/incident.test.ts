import { type Incident, incidentPath, incidentSubject, renderIncident } from '#domain/reports/incident';
import { readHeld } from '#domain/reports/post-mortem';
import { mailLine } from '#domain/text/lines';

const incident = (differing: Partial<Incident> = {}): Incident => ({
  runId: 'run-1',
  migration: '002_create_notes.sql',
  version: '002',
  startedBy: 'bob@example.org',
  database: 'app',
  at: '2026-11-22T09:00:00.000Z',
  failure: { state: 'Step 9: Verify schema', error: 'VerificationFailed', cause: 'an index is missing' },
  committedInPart: null,
  rollback: { outcome: 'rolled back' },
  takenBack: {
    at: '2026-11-22T08:50:00.000Z',
    by: 'ada@example.org',
    compared: 'the catalog after the rollback equals the catalog before the migration, exactly',
  },
  timeline: [],
  users: { state: 'not measured', why: 'the target was not watched' },
  ...differing,
});

test('the report lies under its day, its migration and its run', () => {
  expect(incidentPath(incident())).toBe('ops/postmortems/2026-11-22-002_create_notes-run-1.md');
});

test('it says what happened, what became of it, and by when the post-mortem is held', () => {
  const text = renderIncident(incident());

  expect(text).toContain('- **What happened**: Step 9: Verify schema: an index is missing (VerificationFailed)\n');
  expect(text).toContain(
    "- **Rollback**: rolled back on 2026-11-22T08:50:00.000Z by the migration's rollback section, approved by ada@example.org\n" +
      '- **Schema after it**: the catalog after the rollback equals the catalog before the migration, exactly\n',
  );
  expect(text).toContain('Post-mortem by 2026-11-25T09:00:00.000Z (within 72 hours)');
  expect(text).toContain('leave `002_create_notes.sql` unchanged');
  expect(text).toContain('- **Run**: run-1, started by bob@example.org\n');
  expect(text).toMatch(/every day for a month\.\n\nHeld on: YYYY-MM-DD, by NAME\n$/);
  // Nobody is taken to have held it because of the form.
  expect(readHeld(text, { at: incident().at, now: new Date('2026-11-23T09:00:00.000Z') })).toEqual({
    state: 'not said',
  });
});

test('the timeline ends with the report, and what was not measured is said not to be', () => {
  const text = renderIncident(incident({ timeline: [{ at: '2026-11-22T08:00:00.000Z', what: 'a | b' }] }));

  expect(text).toContain(
    '| When | What |\n| --- | --- |\n| 2026-11-22T08:00:00.000Z | a \\| b |\n| 2026-11-22T09:00:00.000Z | this report was written |\n',
  );
  expect(text).toContain('Not measured: the target was not watched. What users saw has to be asked of them.');
  expect(text).toContain('**Data, by the rehearsal on the data of now**: nobody counted what the rollback took\n');
  expect(text).toContain('| Action | Owner | Until | Done on |\n| --- | --- | --- | --- |\n|  |  |  |  |\n');
});

test('what was measured is told with its limit, its values and its times', () => {
  const users: Incident['users'] = {
    ...{ state: 'measured', from: '2026-11-22T08:00:00.000Z', until: '2026-11-22T08:10:00.000Z' },
    ...{ samples: 3, mostConnections: 12, mostLockWaits: 8 },
    alarming: [
      {
        ...{ metric: 'Sessions that wait for a lock', limit: 'more than 5 in 2 of 3 looks', values: '[8, 8]' },
        ...{ from: '2026-11-22T08:09:00.000Z', until: '2026-11-22T08:10:00.000Z' },
      },
    ],
  };

  expect(renderIncident(incident({ users }))).toContain(
    '| Sessions that wait for a lock | more than 5 in 2 of 3 looks | \\[8, 8\\] | 2026-11-22T08:09:00.000Z | 2026-11-22T08:10:00.000Z, the end of the watch |\n',
  );
  expect(renderIncident(incident({ users: { ...users, alarming: [] } }))).toContain('No metric was over its limit.');
});

test('of half a migration it says what stood, and that its version is free', () => {
  const half = { committedInPart: 'partly applied: unit 1 of 2 was committed' };

  expect(renderIncident(incident(half))).toContain(
    '- **What was applied**: the migration was partly applied: unit 1 of 2 was committed\n- **Rollback**: rolled back on ',
  );
  expect(renderIncident(incident(half))).toContain(
    'Correct `002_create_notes.sql` itself and start a new run: its applied part was rolled back, so its version is free again',
  );
  expect(renderIncident(incident({ ...half, takenBack: null }))).toContain(
    'start a new run: once its applied part is undone, its version is free again',
  );
  expect(renderIncident(incident())).not.toContain('What stood');
});

test('a rollback that nobody approved leaves what was applied, and no schema to compare', () => {
  const text = renderIncident(incident({ rollback: { outcome: 'not approved' }, takenBack: null }));

  expect(text).toContain('- **Rollback**: not approved; whatever was applied is still there\n');
  expect(text).not.toContain('Schema after it');
});

test.each([
  ['not approved', 'not approved'],
  ['not answered', 'nobody answered in time whether to roll it back'],
  ['not asked', 'nobody could be asked whether to roll it back'],
] as const)('a rollback that was %s is told in report and subject as what it is', (outcome, words) => {
  const rollback = { outcome, ...(outcome === 'not asked' && { cause: 'the mail was not accepted' }) };
  const given = incident({ rollback, takenBack: null });

  expect(renderIncident(given)).toContain(`- **Rollback**: ${words}`);
  expect(renderIncident(given).includes('the mail was not accepted')).toBe(outcome === 'not asked');
  expect(incidentSubject(given, mailLine)).toBe(
    `Incident with migration 002_create_notes.sql: not rolled back (${words}); post-mortem within 72 hours`,
  );
});

test('a schema that could not be compared is not called equal', () => {
  const takenBack = { at: '2026-11-22T08:50:00.000Z', by: 'ada@example.org', compared: null };
  const rollback = { outcome: 'rolled back and differs', cause: '{"errorMessage":"no answer"}' } as const;

  expect(renderIncident(incident({ rollback, takenBack }))).toContain(
    '- **Schema after it**: the catalog could not be compared with the one before the migration: no answer\n',
  );
});

test('causes are told in their own words and on one line', () => {
  const text = renderIncident(
    incident({
      failure: { state: 'S', error: 'E', cause: JSON.stringify({ errorMessage: 'first\nsecond' }) },
      rollback: { outcome: 'failed', cause: JSON.stringify({ errorMessage: 'a view\n depends on it' }) },
      takenBack: null,
    }),
  );

  expect(text).toContain('S: first second (E)\n');
  expect(text).toContain('- **Rollback**: failed: a view depends on it\n');
});
