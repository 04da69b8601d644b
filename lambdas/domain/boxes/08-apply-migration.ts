import type { BoxAnswer } from '#domain/evidence/document';
import type { LedgerEntry } from '#domain/ledger/ledger';

/** Boxes 8.1–8.3 from the ledger row: it was committed in the migration's own transaction, so it proves the migration. */
export const proveApplied = (entry: LedgerEntry, units = 1): readonly BoxAnswer[] => [
  { box: '8.1', answer: 'proved', reason: `${entry.migration} ran without an error`, facts: { sha256: entry.sha256 } },
  {
    box: '8.2',
    answer: 'proved',
    reason: `committed ${units === 1 ? '' : `in ${units} units, the last one `}on ${entry.appliedAt} together with ledger row ${entry.version} of run ${entry.runId}`,
    facts: { entry },
  },
  {
    box: '8.3',
    answer: 'proved',
    reason: `${entry.durationMs} ms, in the ledger`,
    facts: { durationMs: entry.durationMs },
  },
];
