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
  readonly origin?: Origin;
  readonly door?: NamedDoor;
};

/** What makes a run a rollback: absent in runs of the checklist. */
export type RollbackPin = {
  readonly because: string | null;
  /** In the order in which they are taken back; the last one is the one that was asked for. */
  readonly versions: readonly TakenBackVersion[];
};
