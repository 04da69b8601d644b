/** A small run's report: two steps, one document each, one approval. */
import { buildReport, type ReportInput } from '#domain/reports/report';
import { answer, ledgerEntry, stored } from '#test/support/documents';

export const reportInput = (differing: Partial<ReportInput> = {}): ReportInput => ({
  run: {
    runId: 'run-1',
    migration: '002_create_notes.sql',
    sha256: 'f00d',
    startedBy: 'bob@example.org',
    target: { projectId: 'project-1', branchId: 'br-staging', database: 'app' },
    startedAt: '2026-11-22T08:00:00.000Z',
  },
  purpose: 'notes of users',
  outcome: 'signed off',
  cause: null,
  finishedAt: '2026-11-22T10:00:00.000Z',
  entry: ledgerEntry(),
  checklist: [
    {
      number: 1,
      slug: 'code-review',
      title: 'Code review',
      boxes: [
        { id: '1.1', label: 'first', how: 'proved' },
        { id: '1.2', label: '<version>_x', how: 'proved' },
      ],
    },
    {
      number: 13,
      slug: 'test-rollback',
      title: 'Test rollback',
      boxes: [
        { id: '13.1', label: 'ran', how: 'proved' },
        { id: '13.2', label: 'reverted', how: 'proved' },
      ],
    },
  ],
  documents: [
    stored('01-code-review', [], { boxes: [answer('1.1', 'open'), answer('1.2', 'failed', 'bad | name')] }),
    stored('13-test-rollback', ['01-code-review'], { boxes: [answer('13.1')] }),
    stored('approve-apply', ['13-test-rollback'], {
      boxes: [answer('1.1', 'attested')],
      facts: {
        stage: 'apply',
        decision: 'approved',
        by: 'ada@example.org',
        reason: 'read and found good',
        at: '2026-11-22T08:30:00.000Z',
      },
    }),
  ],
  ...differing,
});

export const report = (differing: Partial<ReportInput> = {}) => buildReport(reportInput(differing));
