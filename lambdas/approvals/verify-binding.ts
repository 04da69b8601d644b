/** Whether what was put to the approver is still what lies in the store. */
import { bindingOf } from '#domain/approvals/binding';
import type { ApprovalRequest } from '#domain/approvals/request';
import { ApprovalInvalid, ChecksumMismatch } from '#domain/errors';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Migration } from '#domain/migration/migration';
import type { ArtifactStore } from '#lambdas/ports/store';
import { requirePin } from '#lambdas/record/approval';
import { readClosedList } from '#lambdas/record/closed-list';
import { approvalKeys, pinnedKeys } from '#lambdas/record/keys';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { readTakenBack } from '#lambdas/record/taken-back';
import type { RunPin } from '#statemachine/contract';

export type BoundMatter = {
  /** The pinned file as it was written. */
  readonly sql: string;
  readonly migration: Migration;
  readonly documents: readonly EvidenceDocument[];
  /** What a rollback takes back before it, in that order; empty in runs of the checklist. */
  readonly later: readonly Migration[];
  /** What lies in the run's folder and is not of the run, one sentence each: the next step stops over it. */
  readonly strange: readonly string[];
};

const orInvalid = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof ChecksumMismatch)) throw cause;
    throw new ApprovalInvalid(cause.message, { cause });
  }
};

/** Errors: ApprovalInvalid where a copy is not what was pinned. */
const readMigration = (store: ArtifactStore, run: RunPin): Promise<Migration> =>
  orInvalid(async () => (await readPinnedMigration(store, run)).migration);

/** Errors: ApprovalInvalid as above. */
const readLater = async (store: ArtifactStore, run: RunPin): Promise<readonly Migration[]> =>
  run.rollback
    ? orInvalid(async () => (await readTakenBack(store, run)).slice(0, -1).map(({ migration }) => migration))
    : [];

/**
 * Compares hashes of migration, rollback, checks and evidence with those the approval was bound to.
 * Errors: ApprovalInvalid, saying what differs.
 */
export const verifyBinding = async (
  store: ArtifactStore,
  run: RunPin,
  { stage, binding, evidence }: Pick<ApprovalRequest, 'stage' | 'binding' | 'evidence'>,
): Promise<BoundMatter> => {
  await requirePin({ store }, run);
  if (bindingOf({ run, stage, evidence }) !== binding)
    throw new ApprovalInvalid(
      `run ${run.runId} is no longer the one whose ${stage} was put to the approvers: its pin or its list of evidence was changed; start a new run`,
    );
  const reader = { runId: run.runId, name: approvalKeys.evidenceName(stage), previous: evidence };
  const [migration, later, listed, bytes] = await Promise.all([
    readMigration(store, run),
    readLater(store, run),
    readClosedList(store, reader),
    store.read(pinnedKeys(run.runId).migration),
  ]);
  const { missing, strange } = listed;
  if (missing.length > 0)
    throw new ApprovalInvalid(
      `evidence of run ${run.runId} was changed or removed after ${stage} was put to the approvers: nothing stored has sha256 ${missing.join(', ')}; start a new run`,
    );
  const documents = listed.evidence.map(({ document }) => document);
  return { sql: bytes?.toString('utf8') ?? '', migration, later, documents, strange };
};
