/** Step 4: whether the target is the staging database, reached directly, at a known version, and with room. */
import type { Catalog } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { comparable } from '#domain/catalog/earlier-form';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { withoutTables } from '#domain/catalog/without-tables';
import { count } from '#domain/count';
import {
  type Connection,
  connectionFaults,
  describeDoubts,
  type ExpectedTarget,
  stagingDoubts,
} from '#domain/environment/doubts';
import { type PreparedTransaction, preparedInWords } from '#domain/environment/prepared-transaction';
import type { ServerState } from '#domain/environment/server-state';
import type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
import type { Finding } from '#domain/evidence/document';
import type { LedgerEntry, StagingMark } from '#domain/ledger/ledger';
import { type MigrationFile, orderMigrations } from '#domain/ledger/order-migrations';
import type { TableStatistics } from '#domain/tables/statistics';
import {
  type Artifact,
  attested,
  type Derivations,
  derivationOf,
  failed,
  type Judgement,
  judgeOf,
  open,
  proved,
  type Room,
} from './room';

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
  /** The migration files with their hashes, as they are now. Documents of version 0.2.0 and before have none of these three. */
  readonly files: readonly MigrationFile[];
  /** The target's catalog now. */
  readonly catalog: Artifact<Catalog>;
  /** The catalog that the last run left behind; null when none was recorded, or when it is no longer in the store. */
  readonly recorded: Artifact<Catalog> | null;
  readonly catalogFingerprint: string;
  /** `schema.table` of the tool's own tables, which are not compared. Absent before version 0.8. */
  readonly ownTables?: readonly string[];
  readonly usedBytes: number;
  /** Prepared and neither committed nor ended; missing in documents of version 0.2.0 and before. */
  readonly prepared?: readonly PreparedTransaction[];
  readonly tables: Artifact<readonly TableStatistics[]>;
  /** Roles, settings, privileges of databases: what later states compare the server with. Absent before version 0.3. */
  readonly serverState?: Artifact<ServerState>;
};

const judge = judgeOf<EnvironmentCheckFacts>();

/** They keep what they have locked, and VACUUM from removing what was deleted since, as long as they stand. */
export const findingsOfPrepared = (prepared: readonly PreparedTransaction[]): readonly Finding[] =>
  prepared.map((one) => ({
    rule: 'prepared-transaction',
    message: `${preparedInWords(one)}. While it stands, VACUUM keeps every row that was deleted since`,
    line: null,
  }));

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** 2: a rewrite keeps the old and the new copy of a table until the commit. */
const growthFactor = 2;

/** 64 MB: catalog, write-ahead log and indexes of a migration that only makes new objects. */
const leastGrowthBytes = 64e6;

/** A migration that was rolled back has left the schema of the one before it. */
export const standingEntry = (ledger: readonly LedgerEntry[]): LedgerEntry | null =>
  ledger.findLast(({ rolledBackAt }) => rolledBackAt === null) ?? null;

/**
 * What changed since the entry's run had recorded the catalog; empty when nothing did, or when nothing was recorded. A tool makes its own
 * table when it first runs, and alters it with its versions: that is no change of the schema.
 */
export const driftFrom = (
  standing: LedgerEntry | null,
  recorded: Catalog | null,
  now: Catalog,
  ownTables: readonly string[] = [],
): readonly string[] => {
  const fingerprint = standing?.catalogFingerprint ?? null;
  if (fingerprint === null || fingerprint === fingerprintOf(now)) return [];
  if (recorded === null)
    return [`the catalog's fingerprint is not the one recorded after the last run (${fingerprint})`];
  const compared = comparable(withoutTables(recorded, ownTables), withoutTables(now, ownTables));
  return describeDifference(differenceOf(compared.recorded, compared.now));
};

const derivation = derivationOf<EnvironmentCheckFacts>();

export const derivedOfEnvironment: Derivations<EnvironmentCheckFacts> = {
  head: derivation(['ledger'], ({ ledger }) => standingEntry(ledger)?.version ?? null),
  drift: derivation(['ledger', 'recorded', 'catalog', 'ownTables'], ({ ledger, recorded, catalog, ownTables }) =>
    driftFrom(standingEntry(ledger), recorded, catalog, ownTables),
  ),
  catalogFingerprint: derivation(['catalog'], ({ catalog }) => fingerprintOf(catalog)),
};

type VersionFacts = Pick<EnvironmentCheckFacts, 'ledger' | 'files' | 'ownTables'> & {
  readonly catalog: Catalog;
  readonly recorded?: Catalog | null;
};

const besides = (ownTables: readonly string[]) =>
  ownTables.length === 0 ? '' : ` (the tool's own table is not compared: ${ownTables.join(', ')})`;

/** Known is a version whose files are those that were applied, and whose schema is the one that was left behind. */
const judgeVersion = ({ ledger, files, catalog, recorded = null, ownTables = [] }: VersionFacts): Judgement => {
  const standing = standingEntry(ledger);
  const { refusals } = orderMigrations(files, ledger);
  const drift = driftFrom(standing, recorded, catalog, ownTables);
  const facts = {
    versions: ledger.map(({ version }) => version),
    files: files.length,
    refusals: refusals.map(({ message }) => message),
    drift,
    catalogFingerprint: fingerprintOf(catalog),
    recordedFingerprint: standing?.catalogFingerprint ?? null,
  };
  const wrong = [...refusals.map(({ message }) => message), ...(drift.length > 0 ? [driftInWords(drift)] : [])];
  if (wrong.length > 0) return failed(wrong.join('; '), facts);
  const compared = `${count(files.length, 'file')} compared with the ledger: no gap, no edited file`;
  if (standing === null)
    return proved(
      `the ledger has no migration that stands; ${compared}; no schema was recorded to compare with`,
      facts,
    );
  const head = `ledger head is ${standing.version}; ${compared}`;
  return standing.catalogFingerprint === null
    ? open(`${head}; its run recorded no schema, so nobody knows whether the schema was changed since`, facts)
    : proved(`${head}; the schema is the one that the last run recorded${besides(ownTables)}`, facts);
};

/** As version 0.2.0 and before judged it: those documents hold the conclusion, not what it was drawn from. */
const judgeStoredDrift = ({
  ledger,
  head,
  drift,
  catalogFingerprint,
}: Pick<EnvironmentCheckFacts, 'ledger' | 'head' | 'drift' | 'catalogFingerprint'>): Judgement =>
  drift.length > 0
    ? failed(driftInWords(drift), { drift })
    : proved(`ledger head is ${head ?? 'none'}`, {
        versions: ledger.map(({ version }) => version),
        catalogFingerprint,
      });

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
  '4.3': judge(
    ['ledger', 'head', 'drift', 'catalogFingerprint'],
    (facts) =>
      facts.catalog && facts.files
        ? judgeVersion({ ...facts, catalog: facts.catalog, files: facts.files })
        : judgeStoredDrift(facts),
    ['catalog', 'recorded', 'files', 'ownTables'],
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
