/** Judges whether what we are connected to is the staging database that was configured. Any doubt is a failure. */

import { isLoopback } from '#domain/environment/loopback';
import type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
import type { BoxAnswer } from '#domain/evidence/document';
import type { StagingMark } from '#domain/ledger/ledger';

type Expected = { readonly projectId: string; readonly branchId: string; readonly database: string };

const doubts = (
  record: Omit<TargetRecord, 'storageLimitBytes'>,
  mark: StagingMark | null,
  expected: Expected,
): string[] => {
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

/** Box 4.1. */
export const checkStaging = (
  record: Omit<TargetRecord, 'storageLimitBytes'>,
  mark: StagingMark | null,
  expected: Expected,
): BoxAnswer => {
  const found = doubts(record, mark, expected);
  const facts = { record, mark };
  if (found.length > 0 || mark === null)
    return {
      box: '4.1',
      answer: 'failed',
      reason: `it is not proved that the target is staging: ${found.join('; ')}`,
      facts,
    };
  if (record.platform === 'postgres')
    return {
      box: '4.1',
      answer: 'attested',
      reason: `a plain PostgreSQL server has no platform record; ${mark.markedBy} marked this very database as staging on ${mark.markedAt}`,
      facts,
    };
  return {
    box: '4.1',
    answer: 'proved',
    reason: `the platform's record (branch "${record.branchName}", not default, not protected) and the mark inside the database agree`,
    facts,
  };
};

type Connection = {
  readonly host: string;
  readonly pooled: boolean;
  readonly tls: boolean;
  readonly database: string;
  readonly user: string;
};
type Identity = Omit<DatabaseIdentity, 'systemIdentifier'>;

/** Box 4.2. The password is not among the facts. */
export const checkConnection = (
  connection: Connection,
  identity: Identity,
  record: Omit<TargetRecord, 'storageLimitBytes'>,
): BoxAnswer => {
  const wrong = [
    ...(identity.database === record.database
      ? []
      : [`database is "${identity.database}", expected "${record.database}"`]),
    ...(identity.user === connection.user ? [] : [`role is "${identity.user}", expected "${connection.user}"`]),
    ...(connection.pooled ? [`${connection.host} is a pooled endpoint; a migration needs the direct one`] : []),
    ...(identity.tls || isLoopback(connection.host) ? [] : [`the connection to ${connection.host} is not encrypted`]),
    ...(identity.isInRecovery ? ['the server is a read-only replica'] : []),
  ];
  const facts = {
    host: connection.host,
    database: identity.database,
    role: identity.user,
    tls: identity.tls,
    serverVersion: identity.serverVersion,
  };
  return wrong.length > 0
    ? { box: '4.2', answer: 'failed', reason: wrong.join('; '), facts }
    : {
        box: '4.2',
        answer: 'proved',
        reason: `database "${identity.database}" as "${identity.user}" on ${connection.host}, direct${identity.tls ? ', TLS' : ', on this machine'}`,
        facts,
      };
};
