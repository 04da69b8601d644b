/** The simulator's records, kept between two starts. */

export type EndpointRecord = { readonly id: string; readonly createdAt: string };

/** `creating`: the copy is not complete; `resetting`: a restore is under way and the old data is still there. */
export type BranchPhase = 'creating' | 'ready' | 'resetting';

export type BranchRecord = {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  /** Position of the parent's log that the branch was made from; null for the first branch, and until the copy is complete. */
  readonly parentLsn: string | null;
  /** Name of the data directory in the folder `branches`. */
  readonly directory: string;
  readonly phase: BranchPhase;
  readonly isDefault: boolean;
  readonly isProtected: boolean;
  /** Null = the branch has no compute: it only holds data. */
  readonly endpoint: EndpointRecord | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string | null;
  readonly lastResetAt: string | null;
};

/** Those of Neon's actions that occur here. */
export type OperationAction =
  | 'create_branch'
  | 'create_timeline'
  | 'delete_timeline'
  | 'start_compute'
  | 'suspend_compute';

export type OperationRecord = {
  readonly id: string;
  readonly branchId: string;
  readonly endpointId: string | null;
  readonly action: OperationAction;
  readonly status: 'scheduling' | 'running' | 'finished' | 'failed' | 'cancelled';
  readonly error: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly durationMs: number;
};

export type ProjectRecord = {
  readonly id: string;
  readonly createdAt: string;
  readonly apiKey: string;
  readonly stagingBranchId: string;
  readonly database: string;
  /** Owner of the database and superuser of every branch. */
  readonly role: string;
  readonly password: string;
};

export type SimulatorRecords = {
  readonly format: 1;
  readonly project: ProjectRecord;
  readonly branches: readonly BranchRecord[];
  /** Oldest first. */
  readonly operations: readonly OperationRecord[];
};
