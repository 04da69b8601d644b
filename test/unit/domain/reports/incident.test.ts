import { type Incident, incidentPath, renderIncident } from '#domain/reports/incident';

const incident = (differing: Partial<Incident> = {}): Incident => ({
  ...{
    runId: 'run-1',
    migration: '002_create_notes.sql',
    version: '002',
    startedBy: 'bob@example.org',
    database: 'app',
  },
  at: '2026-11-22T09:00:00.000Z',
  failure: { state: 'Step 9: Verify schema', error: 'VerificationFailed', cause: 'an index is missing' },
  rollback: { outcome: 'rolled back' },
  ...differing,
});

test('the report lies under its day, its migration and its run', () => {
  expect(incidentPath(incident())).toBe('ops/postmortems/2026-11-22-002_create_notes-run-1.md');
});

test('it says what happened, what became of it, and by when the post-mortem is held', () => {
  const text = renderIncident(incident());

  expect(text).toContain('- **What happened**: Step 9: Verify schema: an index is missing (VerificationFailed)\n');
  expect(text).toContain('- **Rollback**: rolled back\n');
  expect(text).toContain('Post-mortem by 2026-11-25T09:00:00.000Z (within 72 hours)');
  expect(text).toContain('`002_create_notes.sql` stays as it is');
  expect(text).toContain('- **Run**: run-1, started by bob@example.org\n');
  expect(text).toMatch(/written by the people who were there\._\n$/);
});

test('of half a migration it says what stood', () => {
  const half = { ...incident().failure, standing: 'partly applied: unit 1 of 2 is committed and stands' };

  expect(renderIncident(incident({ failure: half }))).toContain(
    '- **What stood**: the migration was partly applied: unit 1 of 2 is committed and stands\n- **Rollback**: rolled back\n',
  );
  expect(renderIncident(incident({ failure: half }))).toContain(
    'Correct `002_create_notes.sql` itself and start a new run: once nothing of it stands, its version is free again',
  );
  expect(renderIncident(incident())).not.toContain('What stood');
});

test('causes are told in their own words and on one line', () => {
  const text = renderIncident(
    incident({
      failure: { state: 'S', error: 'E', cause: JSON.stringify({ errorMessage: 'first\nsecond' }) },
      rollback: { outcome: 'failed', cause: JSON.stringify({ errorMessage: 'a view\n depends on it' }) },
    }),
  );

  expect(text).toContain('S: first second (E)\n');
  expect(text).toContain('- **Rollback**: failed: a view depends on it\n');
});
