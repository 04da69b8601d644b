/** Step 4: whether the target is the staging database, reached directly, at a known version, and with room. */
import {
  type Connection,
  connectionFaults,
  describeDoubts,
  type ExpectedTarget,
  stagingDoubts,
} from '#domain/environment/doubts';
import type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
import type { LedgerEntry, StagingMark } from '#domain/ledger/ledger';
import type { TableStatistics } from '#domain/tables/statistics';
import { type Artifact, attested, failed, judgeOf, open, proved, type Room } from './room';

export type EnvironmentCheckFacts = {
  readonly expected: ExpectedTarget;
  readonly record: TargetRecord;
  /** Null when the database has never been marked. */
  readonly mark: StagingMark | null;
  readonly connection: Connection;
  readonly identity: DatabaseIdentity;
  readonly ledger: readonly LedgerEntry[];
  /** The version of the last migration that stands; null when none does. */
  readonly head: string | null;
  /** What changed since the last run recorded the catalog, one entry each. */
  readonly drift: readonly string[];
  readonly catalogFingerprint: string;
  readonly usedBytes: number;
  readonly tables: Artifact<readonly TableStatistics[]>;
};

const judge = judgeOf<EnvironmentCheckFacts>();

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** 2: a rewrite keeps the old and the new copy of a table until the commit. */
const growthFactor = 2;

/** 64 MB: catalog, write-ahead log and indexes of a migration that only makes new objects. */
const leastGrowthBytes = 64e6;

export const environmentCheck: Room<4, EnvironmentCheckFacts> = {
  '4.1': judge(['record', 'mark', 'expected'], (facts) => {
    const { record, mark } = facts;
    const doubts = stagingDoubts(facts);
    if (doubts.length > 0 || mark === null) return failed(describeDoubts(doubts), { record, mark });
    if (record.platform === 'postgres')
      return attested(
        `a plain PostgreSQL server has no platform record; ${mark.markedBy} marked this very database as staging on ${mark.markedAt}`,
        { record, mark },
      );
    return proved(
      `the platform's record (branch "${record.branchName}", not default, not protected) and the mark inside the database agree`,
      { record, mark },
    );
  }),
  '4.2': judge(['connection', 'identity', 'record'], (facts) => {
    const { connection, identity } = facts;
    const faults = connectionFaults(facts);
    const seen = {
      host: connection.host,
      database: identity.database,
      role: identity.user,
      tls: identity.tls,
      pooled: connection.pooled,
      isInRecovery: identity.isInRecovery,
      serverVersion: identity.serverVersion,
    };
    return faults.length > 0
      ? failed(faults.join('; '), seen)
      : proved(
          `database "${identity.database}" as "${identity.user}" on ${connection.host}, direct${identity.tls ? ', TLS' : ', on this machine'}`,
          seen,
        );
  }),
  '4.3': judge(['ledger', 'head', 'drift', 'catalogFingerprint'], ({ ledger, head, drift, catalogFingerprint }) =>
    drift.length > 0
      ? failed(driftInWords(drift), { drift })
      : proved(`ledger head is ${head ?? 'none'}; no gap, no edited file, no drift`, {
          versions: ledger.map(({ version }) => version),
          catalogFingerprint,
        }),
  ),
  // Space to rewrite the largest table. The growth by new objects is not known before the dry run.
  '4.4': judge(['record', 'usedBytes', 'tables'], ({ record: { storageLimitBytes }, usedBytes, tables }) => {
    const largest = Math.max(0, ...tables.map(({ sizeBytes }) => sizeBytes));
    const growthBytes = Math.max(leastGrowthBytes, growthFactor * largest);
    const facts = { usedBytes, limitBytes: storageLimitBytes, growthBytes };
    if (storageLimitBytes === null)
      return open('neither the platform nor the server says how much space is free', facts);
    const freeBytes = storageLimitBytes - usedBytes;
    const need = `the migration may need ${megabytes(growthBytes)} (twice the largest table, at least ${megabytes(leastGrowthBytes)}); the dry run measures the real growth`;
    return freeBytes >= growthBytes
      ? proved(`${megabytes(freeBytes)} are free; ${need}`, facts)
      : failed(`only ${megabytes(freeBytes)} are free; ${need}; free space or raise the plan's limit`, facts);
  }),
};

/** As a clause; the first five entries of the drift. */
export const driftInWords = (drift: readonly string[]): string =>
  `the schema changed since the last run: ${drift.slice(0, 5).join('; ')}${drift.length > 5 ? ` and ${drift.length - 5} more` : ''}`;
