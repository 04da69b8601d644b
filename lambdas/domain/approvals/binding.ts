/** What an approval covers, as one hash: when any of it changes, the approval is void. */
import { createHash } from 'node:crypto';
import type { EvidenceRef } from '#domain/evidence/document';
import type { Stage } from './stages';

/** The part of a run's pin that an approval covers. */
export type BoundRun = {
  readonly runId: string;
  readonly sha256: string;
  readonly rollbackSha256: string;
  readonly checksSha256: string | null;
  readonly target: { readonly projectId: string; readonly branchId: string; readonly database: string };
};

/**
 * Binds an approval to what it covers: sha256 (hex) over run, SQL, rollback, checks, target, stage and the hashes of the evidence,
 * whose order does not matter.
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
  const { projectId, branchId, database } = run.target;
  const seen = evidence.map(({ key, sha256 }) => `${key} ${sha256}`).sort();
  const covered = [
    'migration-checklist approval 1',
    ...[run.runId, stage, run.sha256, run.rollbackSha256, run.checksSha256],
    ...[[projectId, branchId, database], seen],
  ];
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex');
};
