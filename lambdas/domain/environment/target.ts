/** Who the target is, by the platform's word and by the server's own. */

/** What the platform itself says of the target: the record of the staging branch. */
export type TargetRecord = {
  readonly platform: 'neon' | 'postgres';
  readonly projectId: string;
  readonly branchId: string;
  readonly branchName: string;
  /** Null where the platform has no such notion (a plain PostgreSQL server). */
  readonly isDefault: boolean | null;
  readonly isProtected: boolean | null;
  readonly database: string;
  /** The plan's limit or the disk's room for this branch in bytes; null when nobody can say. */
  readonly storageLimitBytes: number | null;
};

export type DatabaseIdentity = {
  readonly database: string;
  readonly user: string;
  /** `server_version_num`, for example 170010. */
  readonly serverVersion: number;
  /** pg_control_system().system_identifier, null where the role may not read it. */
  readonly systemIdentifier: string | null;
  readonly isInRecovery: boolean;
  readonly tls: boolean;
};
