/** Whether what we are connected to is the staging database that was configured: asked by Open run, Steps 4 and 7, mark-staging. */
import { TargetIsNotStaging } from '#domain/errors';
import type { StagingMark } from '#domain/ledger/ledger';
import { isLoopback } from './loopback';
import type { DatabaseIdentity, TargetRecord } from './target';

/** What the installation is configured for. */
export type ExpectedTarget = { readonly projectId: string; readonly branchId: string; readonly database: string };

/** What is asked of the staging target. */
type TargetClaim = {
  readonly record: Omit<TargetRecord, 'storageLimitBytes'>;
  readonly mark: StagingMark | null;
  readonly expected: ExpectedTarget;
};

/**
 * Says why the target may not be staging: one sentence each; empty when record, mark and configuration agree. Any doubt is a
 * failure.
 *
 * @example
 * stagingDoubts({ record: { ...record, isDefault: true }, mark, expected })
 * // ['branch "staging" is the project\'s default branch']
 */
export const stagingDoubts = ({ record, mark, expected }: TargetClaim): readonly string[] => {
  const same = (what: string, found: string, wanted: string) =>
    found === wanted ? [] : [`${what} is "${found}", configured is "${wanted}"`];
  return [
    ...same('project', record.projectId, expected.projectId),
    ...same('branch', record.branchId, expected.branchId),
    ...same('database', record.database, expected.database),
    ...(record.isDefault ? [`branch "${record.branchName}" is the project's default branch`] : []),
    ...(record.isProtected ? [`branch "${record.branchName}" is protected`] : []),
    ...(record.platform === 'neon' && (record.isDefault === null || record.isProtected === null)
      ? [`the platform does not say whether branch "${record.branchName}" is the default one or protected`]
      : []),
    ...(mark === null
      ? ['the database carries no staging mark; a person sets it with "npm run mark-staging"']
      : [
          ...same("the mark's environment", mark.environment, 'staging'),
          ...same("the mark's project", mark.projectId, record.projectId),
          ...same("the mark's branch", mark.branchId, record.branchId),
        ]),
  ];
};

export const describeDoubts = (doubts: readonly string[]): string =>
  `it is not proved that the target is staging: ${doubts.join('; ')}`;

/** Errors: TargetIsNotStaging. */
export const requireStaging = (claim: TargetClaim): void => {
  const doubts = stagingDoubts(claim);
  if (doubts.length > 0) throw new TargetIsNotStaging(describeDoubts(doubts));
};

/** How we connect; never the password. */
export type Connection = {
  readonly host: string;
  readonly user: string;
  readonly database: string;
  readonly pooled: boolean;
  readonly tls: boolean;
};

/** What may be kept of a connection. */
export const withoutPassword = ({ host, user, database, pooled, tls }: Connection): Connection => ({
  host,
  user,
  database,
  pooled,
  tls,
});

type ConnectionClaim = {
  readonly connection: Connection;
  readonly identity: Omit<DatabaseIdentity, 'systemIdentifier'>;
  readonly record: Pick<TargetRecord, 'database'>;
};

/** What is wrong with the connection, one clause each; empty when it is direct, encrypted, and to the configured database. */
export const connectionFaults = ({ connection, identity, record }: ConnectionClaim): readonly string[] => [
  ...(identity.database === record.database
    ? []
    : [`database is "${identity.database}", expected "${record.database}"`]),
  ...(identity.user === connection.user ? [] : [`role is "${identity.user}", expected "${connection.user}"`]),
  ...(connection.pooled ? [`${connection.host} is a pooled endpoint; a migration needs the direct one`] : []),
  ...(identity.tls || isLoopback(connection.host) ? [] : [`the connection to ${connection.host} is not encrypted`]),
  ...(identity.isInRecovery ? ['the server is a read-only replica'] : []),
];

/** Errors: TargetIsNotStaging. */
export const requireDirectConnection = (claim: ConnectionClaim): void => {
  const faults = connectionFaults(claim);
  if (faults.length > 0) throw new TargetIsNotStaging(faults.join('; '));
};
