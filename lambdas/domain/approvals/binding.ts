/** What an approval covers, as one hash: when any of it changes, the approval is void. */
import { createHash } from 'node:crypto';
import type { EvidenceRef } from '#domain/evidence/document';
import { canonicalJson } from '#domain/evidence/same-json';
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import type { Stage } from './stages';

/** A run's pin, all of it: who started it and how long people have decide who may answer and when. */
export type BoundRun = {
  readonly runId: string;
  readonly migration: string;
  readonly version: string;
  readonly description: string;
  readonly sha256: string;
  readonly rollbackSha256: string;
  readonly checksSha256: string | null;
  readonly target: { readonly projectId: string; readonly branchId: string; readonly database: string };
  readonly pullRequest: string | null;
  readonly startedBy: string;
  /** Who wrote the change; absent in runs of an earlier version. */
  readonly author?: string | null;
  readonly startedAt: string;
  readonly approvalTimeoutSeconds: number;
  readonly monitorSeconds: number;
  /** Of a rollback that was asked for: what is taken back. Absent in runs of the checklist. */
  readonly rollback?: RollbackPin;
};

/**
 * Binds an approval to what it covers: sha256 (hex) over stage, the run's whole pin and the hashes of the evidence, whose order
 * does not matter.
 *
 * @example
 * bindingOf({ run, stage: 'apply', evidence }) === decision.binding // false when any of it changed since
 */
export const bindingOf = ({
  run,
  stage,
  evidence,
}: {
  readonly run: BoundRun;
  readonly stage: Stage;
  readonly evidence: readonly EvidenceRef[];
}): string => {
  const seen = evidence.map(({ key, sha256 }) => `${key} ${sha256}`).sort();
  const covered = ['migration-checklist approval 2', stage, run, seen];
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
};
