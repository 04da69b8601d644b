/** Evidence documents and ledger rows with valid defaults. */
import type { Answer, BoxAnswer, EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { BoxId } from '#lambdas/checklist';

export const answer = (box: BoxId, given: Answer = 'proved', reason = `${box} was ${given}`): BoxAnswer => ({
  box,
  answer: given,
  reason,
});

export const document = (name: string, differing: Partial<EvidenceDocument> = {}): EvidenceDocument => ({
  format: 1,
  runId: 'run-1',
  name,
  title: `Title of ${name}`,
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:01.500Z',
  previous: [],
  boxes: [],
  findings: [],
  error: null,
  facts: {},
  ...differing,
});

/** A document as it lies in the store; its hash is a word that is easy to read. */
export const stored = (name: string, previous: readonly string[], differing: Partial<EvidenceDocument> = {}) => ({
  ref: { key: `runs/run-1/${name}.json`, sha256: `sha-of-${name}` } satisfies EvidenceRef,
  document: document(name, { previous: previous.map((one) => `sha-of-${one}`), ...differing }),
});

export const ledgerEntry = (differing: Partial<LedgerEntry> = {}): LedgerEntry => ({
  version: '002',
  migration: '002_create_notes.sql',
  sha256: 'f00d',
  runId: 'run-1',
  appliedBy: 'ada@example.org',
  appliedAt: '2026-11-22T09:00:00.000Z',
  durationMs: 1234,
  catalogFingerprint: null,
  rolledBackAt: null,
  ...differing,
});
