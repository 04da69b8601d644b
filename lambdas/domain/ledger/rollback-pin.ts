/** What a rollback pins of the versions that it takes back. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { Origin } from '#domain/folders/origin';
import type { NamedDoor } from './tool-row';

/** A version that is taken back, as the ledger has it. */
export type TakenBackVersion = {
  readonly migration: string;
  readonly version: string;
  readonly sha256: string;
  readonly rollbackSha256: string;
  /** Its run as the ledger names it, and that run's own token. */
  readonly runId: string;
  readonly owner: string | null;
  /** The document that closed that run; null where its folder has none. */
  readonly closing: EvidenceRef | null;
  /** Only some of its units are applied, so the ledger has no row of it; missing where it stands as a whole. */
  readonly isPartial?: true;
  readonly origin?: Origin;
  readonly door?: NamedDoor;
};

/**
 * The run of the rollback that a run asks for when it has failed, by the workflow file's own rule: the end of a run's name is what tells it
 * from others, and 80 letters are the longest name of an execution.
 */
export const rollbackRunOf = (runId: string): string => `rollback-${runId.slice(-70)}`;

/** What makes a run a rollback: absent in runs of the checklist. */
export type RollbackPin = {
  readonly because: string | null;
  /** The run of the version, which has failed after its commit and asks itself; missing where a person asks. */
  readonly failedRun?: {
    readonly runId: string;
    readonly failure: { readonly state: string; readonly error: string; readonly cause: string };
  };
  /** In the order in which they are taken back; the last one is the one that was asked for. */
  readonly versions: readonly TakenBackVersion[];
};
