/** Who hosts the target, and makes branches of it. */
import type { LeftOut } from '#domain/backup/left-out';
import type { TargetRecord } from '#domain/environment/target';
import type { BranchServer } from '#domain/sql/reach-table';
import type { DatabaseAddress } from './database';

export type ConnectionSettings = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: boolean;
  /** True when the host is a pooler (PgBouncer in transaction mode), which a migration must not use. */
  readonly pooled: boolean;
};

export type Branch = {
  readonly branchId: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Position of the parent's log the branch was made from; null where unknown. */
  readonly parentLsn: string | null;
  /** False when it only names a place in the log that nothing can be restored from. */
  readonly isRestorable: boolean;
  /** What a copy goes without that the target has; missing where a branch is the target's own pages. */
  readonly leftOut?: readonly LeftOut[];
  /** `shared` where it lies on the target's own server, so that a statement can reach the target from it. */
  readonly server: BranchServer;
};

/** Errors: PlatformFailed; DatabaseUnreachable. */
export type Platform = {
  describeTarget(): Promise<TargetRecord>;
  /**
   * A copy-on-write branch of the target, ready to use. Idempotent by name: a branch of that name is returned as it is.
   * Without compute the branch is a restore point: it holds the data and has no endpoint.
   */
  createBranch(request: {
    readonly name: string;
    readonly expiresAt: Date;
    readonly compute: boolean;
  }): Promise<Branch>;
  /** No error when the branch is gone. */
  deleteBranch(branchId: string): Promise<void>;
  /** Asked for every time, never stored. */
  connection(address: DatabaseAddress): Promise<ConnectionSettings>;
  /** Whether the compute that serves the branch sleeps; asking does not wake it, `connection` may. */
  isSuspended(address: DatabaseAddress): Promise<boolean>;
};
