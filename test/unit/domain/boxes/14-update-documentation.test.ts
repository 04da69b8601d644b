import { type ProposedDocuments, updateDocumentation } from '#domain/boxes/14-update-documentation';
import { ledgerEntry } from '#test/support/documents';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';

test('what was written is told with where it lies', () => {
  const facts = { version: '002', decisionLog: 'docs/decisions.md', schemaPage: 's3://pages/docs/schema.md' };

  expect(answersOf(updateDocumentation, facts)).toEqual([
    {
      box: '14.1',
      answer: 'proved',
      reason: 'entry written to docs/decisions.md',
      facts: { location: 'docs/decisions.md' },
    },
    {
      box: '14.2',
      answer: 'proved',
      reason: 'schema page and diagram of version 002 written to s3://pages/docs/schema.md',
      facts: { location: 's3://pages/docs/schema.md' },
    },
  ]);
});

test('what was written is told by size and hash, and what is not known to be written fails', () => {
  const written = [{ path: 'docs/decisions.md', sizeBytes: 12, sha256: 'cafe' }];
  const facts = { version: '002', decisionLog: 'docs/decisions.md', schemaPage: 'docs/schema.md', written };

  expect(answersOf(updateDocumentation, facts)).toMatchObject([
    { box: '14.1', answer: 'proved', facts: { sha256: 'cafe', sizeBytes: 12 } },
    { box: '14.2', answer: 'failed', reason: 'nothing is known of what was written to docs/schema.md' },
  ]);
});

test('the ledger row of the run marks the migration as applied', () => {
  const entry = ledgerEntry();

  expect(answerOf(updateDocumentation, '14.3', { runId: 'run-1', entry })).toEqual({
    box: '14.3',
    answer: 'proved',
    reason: 'ledger row 002, applied on 2026-11-22T09:00:00.000Z',
    facts: { entry },
  });
});

test('a ledger without a row of the run fails the box, and nothing was written', () => {
  const answers = answersOf(updateDocumentation, { runId: 'run-1', version: '002', entry: null });

  expect(answers).toEqual([{ box: '14.3', answer: 'failed', reason: 'the ledger has no row of run run-1' }]);
});

test('a schema page that was not written leaves its box unanswered', () => {
  const facts = { runId: 'run-1', version: '002', entry: ledgerEntry(), decisionLog: 'docs/decisions.md' };

  expect(answersByBox(answersOf(updateDocumentation, facts))).toEqual({ '14.1': 'proved', '14.3': 'proved' });
});

test('a pull request that proposes the documents is named, and why there is none', () => {
  const facts = { version: '002', decisionLog: 'docs/decisions.md', schemaPage: 'docs/schema.md' };
  const reasonsWith = (proposal: ProposedDocuments) =>
    answersOf(updateDocumentation, { ...facts, proposal }).map(({ answer, reason }) => `${answer}: ${reason}`);

  expect(reasonsWith({ url: 'https://github.com/acme/shop/pull/9', branch: 'b', became: 'made' })).toEqual([
    'proved: entry written to docs/decisions.md; proposed as a pull request (made): https://github.com/acme/shop/pull/9',
    'proved: schema page and diagram of version 002 written to docs/schema.md; proposed as a pull request (made): https://github.com/acme/shop/pull/9',
  ]);
  expect(reasonsWith({ notProposed: 'GitHub answered 403' })[0]).toBe(
    'proved: entry written to docs/decisions.md; not proposed as a pull request: GitHub answered 403',
  );
});
