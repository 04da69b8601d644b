import type { Severity } from '#domain/review/rule';
import type { BoxId } from '#lambdas/checklist';

/** Where a stored document lies, and the sha256 (hex) of its bytes. */
export type EvidenceRef = { readonly key: string; readonly sha256: string };

/** `open` is neither pass nor failure: the check was not made, and `reason` says why. */
export type Answer = 'proved' | 'failed' | 'attested' | 'not applicable' | 'open';

export type BoxAnswer = {
  readonly box: BoxId;
  readonly answer: Answer;
  /** One sentence a person understands: what was seen, or why there is no answer. */
  readonly reason: string;
  /** Figures and names behind the sentence; plain JSON, never a secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** What a person should look at before deciding; a finding never stops a run by itself. */
export type Finding = {
  /** Rule id in words, for example `timestamp-without-zone`. */
  readonly rule: string;
  readonly message: string;
  /** 1-based line in the migration file, null where no line applies. */
  readonly line: number | null;
  /** Of the review's rules, and of those since version 0.6.0. */
  readonly severity?: Severity;
  /** What to do instead; as `severity`. */
  readonly remedy?: string;
  /** The same as SQL for this statement; absent where it has to be another change. */
  readonly safeWay?: string;
};

/** One evidence document: what one state of the workflow saw. `runs/<runId>/<name>.json` in the store. */
export type EvidenceDocument = {
  /** 2 since the answers follow from the facts; documents of format 1 are read and shown, and cannot be judged again. */
  readonly format: 1 | 2;
  readonly runId: string;
  /** For a step `05-backup-database`; for the others the name of the entry point, for example `approve-apply`. */
  readonly name: string;
  readonly title: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** sha256 of the documents this one follows: one, or several after parallel states. Empty only for the first. */
  readonly previous: readonly string[];
  readonly boxes: readonly BoxAnswer[];
  readonly findings: readonly Finding[];
  /** Set when the state ended in an error: the error's name and message. */
  readonly error: { readonly name: string; readonly message: string } | null;
  /** What the state saw, by name: the answers follow from it. The shape is the state's own, see `domain/boxes/facts.ts`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Names of facts that were being found out when the error came; their boxes are failed. Since format 2. */
  readonly underWay?: readonly string[];
  /** The version of the product that judged; another one may word the same answer otherwise. Since format 2. */
  readonly version?: string;
};
