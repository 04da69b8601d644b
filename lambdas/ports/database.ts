/** What a step may ask of a database: the target, or a branch of it. */
import type { Catalog } from '#domain/catalog/catalog';
import type { ProvedWayBack } from '#domain/catalog/proved-way-back';
import type { CheckResult, ComparedAfterTests, DeclaredCheck, DeclaredQuery, QueryResult } from '#domain/checks/checks';
import type { DoorWork } from '#domain/doors/choose';
import type { ToolTable } from '#domain/doors/door';
import type { StatementRun } from '#domain/dry-run/measured';
import type { RehearsalPhase } from '#domain/dry-run/phase';
import type { PreparedTransaction } from '#domain/environment/prepared-transaction';
import type { ServerState } from '#domain/environment/server-state';
import type { SessionReading } from '#domain/environment/sessions';
import type { DatabaseIdentity } from '#domain/environment/target';
import type { KnownRun, Lease, LedgerEntry, RunIdentity, SignOffWitness, StagingMark } from '#domain/ledger/ledger';
import type { PartialApply } from '#domain/ledger/progress';
import type { StateRecord } from '#domain/ledger/states';
import type { NamedDoor, ToolRowRecord } from '#domain/ledger/tool-row';
import type { VersionInLedger } from '#domain/ledger/unresolved';
import type { EndedSession, InTheWay, NeededLock, SessionIdentity, SessionInTheWay } from '#domain/locks/in-the-way';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import type { SqlStatement } from '#domain/migration/migration';
import type { SearchPath } from '#domain/review/names/search-path';
import type { PrivilegeNeed } from '#domain/review/privilege-needs';
import type { TableContents } from '#domain/tables/contents';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { TableStatistics } from '#domain/tables/statistics';

/** Which database: the configured target, or a branch made for this run; `database` differs only for scratch databases. */
export type DatabaseAddress = { readonly branchId: string | 'target'; readonly database?: string };

export type ApplyOutcome = {
  readonly entry: LedgerEntry;
  readonly statements: readonly StatementRun[];
  /** True when this run's row was there already: the commit of an earlier attempt had succeeded. */
  readonly wasAppliedBefore: boolean;
};

export type ApplyState = {
  /** The ledger row of this run; null when there is none. */
  readonly entry: LedgerEntry | null;
  /** What stands of it without a row; null when nothing does. */
  readonly progress: PartialApply | null;
};

export type TargetState = {
  /** Oldest first. */
  readonly ledger: readonly LedgerEntry[];
  /** Versions without a row: being prepared, or partly applied. */
  readonly others: readonly (VersionInLedger & { readonly progress: PartialApply | null })[];
  readonly lease: Lease | null;
};

export type Privilege = { readonly need: string; readonly held: boolean };

/** Errors everywhere: DatabaseUnreachable, LockNotAvailable; others named at the method. */
export type Database = {
  identify(address: DatabaseAddress): Promise<DatabaseIdentity>;
  /** Null when the database has never been marked. */
  readMark(address: DatabaseAddress): Promise<StagingMark | null>;
  /** Oldest first; empty when there is no ledger yet. */
  readLedger(address: DatabaseAddress): Promise<readonly LedgerEntry[]>;
  /** All that the ledger knows, in one look. */
  readTargetState(address: DatabaseAddress): Promise<TargetState>;
  /**
   * What a person has decided of a version, in one transaction: rows and units are marked as rolled back, or what was partly applied
   * gets its row; `catalogFingerprint` is what the next run compares with, null for as it was. Releases the run's lease.
   * Errors: MigrationRefused when the version has come to another state meanwhile.
   */
  settle(
    address: DatabaseAddress,
    run: RunIdentity,
    decision: {
      readonly as: 'standing' | 'rolled-back';
      readonly by: string;
      readonly reason: string;
      readonly catalogFingerprint: string | null;
    },
  ): Promise<StateRecord>;
  /** Tables of these names in all schemas, with their rows: those of other migration tools. */
  readToolTables(address: DatabaseAddress, names: readonly string[]): Promise<readonly ToolTable[]>;
  /** Records migrations that another tool has applied, in one transaction and under that tool's lock. Nothing of them is run. Errors: MigrationRefused when the ledger has one of them. */
  adopt(address: DatabaseAddress, adoption: Adoption): Promise<readonly LedgerEntry[]>;
  recordFingerprint(address: DatabaseAddress, version: string, fingerprint: string): Promise<void>;
  /** Into the ledger's row, as a witness outside the store; the version is signed off then, or demonstrated. Idempotent. Errors: VerificationFailed. */
  recordSignOff(address: DatabaseAddress, run: RunIdentity, witness: SignOffWitness): Promise<void>;
  /** How the run ended otherwise. A state that was recorded later is kept, and nothing stands where nothing is applied. Idempotent. */
  recordEnd(address: DatabaseAddress, run: RunIdentity, record: Omit<StateRecord, 'since'>): Promise<void>;
  /** Only looks. Errors: TargetIsBusy when another run holds the lease, MigrationRefused when half of another's migration stands. */
  requireFreeTarget(address: DatabaseAddress, run: Pick<RunIdentity, 'runId'> & Partial<RunIdentity>): Promise<void>;
  /**
   * One run at a time per target, by the database's clock; idempotent for the same run, by id, file and owner. The version is being
   * prepared then. Errors: TargetIsBusy.
   */
  acquireLease(
    address: DatabaseAddress,
    lease: {
      readonly run: RunIdentity;
      readonly holder: string;
      readonly lifeSeconds: number;
      /** The run takes the version back: nothing of it is being prepared. */
      readonly isRollback?: boolean;
      /** The id of the run that hands the target over, because it is this run that takes its version back. */
      readonly takenFrom?: string;
      /** Only the expiry is put off: a run that holds nothing gets nothing. Errors: MigrationRefused. */
      readonly isRenewal?: boolean;
    },
  ): Promise<void>;
  /** No error when the lease is not held by this run. */
  releaseLease(address: DatabaseAddress, run: Pick<RunIdentity, 'runId'> & Partial<RunIdentity>): Promise<void>;
  /**
   * Drops the scratch databases of these names on the address's server, whoever is connected. No error for one that is not there.
   * Errors: PlatformFailed for one that is not ours.
   */
  dropScratches(address: DatabaseAddress, names: readonly string[]): Promise<void>;
  readCatalog(address: DatabaseAddress): Promise<Catalog>;
  /** Which a session of the role begins with, by the setting of role, database or server. */
  readDefaultSearchPath(address: DatabaseAddress): Promise<SearchPath>;
  /** Those of the database that nobody has committed or ended yet, the oldest first. */
  readPreparedTransactions(address: DatabaseAddress): Promise<readonly PreparedTransaction[]>;
  /** Who holds what conflicts with these locks and waits for nobody. */
  readInTheWay(address: DatabaseAddress, locks: readonly NeededLock[]): Promise<InTheWay>;
  /** The locks that reading takes on what somebody else has locked against it: what keeps a catalog or a dump from being read. */
  readWithheld(address: DatabaseAddress): Promise<readonly NeededLock[]>;
  /** Ends each of these that still is the same session and still is in the way of these locks, and no other. */
  endInTheWay(
    address: DatabaseAddress,
    locks: readonly NeededLock[],
    sessions: readonly (SessionIdentity & Pick<SessionInTheWay, 'application' | 'role'>)[],
  ): Promise<readonly EndedSession[]>;
  readTableStatistics(address: DatabaseAddress): Promise<readonly TableStatistics[]>;
  /** The same, waiting for no lock in vain: sizes of what is locked against reading are as old as its last VACUUM or ANALYZE. */
  estimateTableStatistics(address: DatabaseAddress): Promise<readonly TableStatistics[]>;
  readDatabaseSize(address: DatabaseAddress): Promise<number>;
  /** Roles, settings, privileges of databases and whatever else of the server lies outside of a catalog. */
  readServerState(address: DatabaseAddress): Promise<ServerState>;
  /** Who is connected to the database now, and since when as far as the role may see it. Any role may ask. */
  readSessions(address: DatabaseAddress): Promise<SessionReading>;
  /** Reads every table once: for branches. */
  readTableContents(address: DatabaseAddress): Promise<readonly TableContents[]>;
  /** Values of sequences, and large objects with digests of their contents: for branches. */
  readOutsideTables(address: DatabaseAddress): Promise<OutsideTables>;
  readPrivileges(address: DatabaseAddress, needs: readonly PrivilegeNeed[]): Promise<readonly Privilege[]>;
  /**
   * Writes SQL that leads a branch to the schema of `before`, runs it there, looks, and takes everything back. Errors: DatabaseUnreachable,
   * LockNotAvailable.
   */
  writeWayBack(address: DatabaseAddress, before: Catalog, statementTimeoutMs: number): Promise<ProvedWayBack>;
  /**
   * Runs the statements unit by unit and commits; for branches. Idempotent by phase: what was committed before is not run
   * again, what it measured then is returned. Errors: StatementFailed.
   */
  rehearse(
    address: DatabaseAddress,
    phase: RehearsalPhase,
    statements: readonly SqlStatement[],
    limits: StatementLimits,
    /** Another tool's row that goes with the statements; left out where there is none. */
    door?: DoorWork | undefined,
  ): Promise<readonly StatementRun[]>;
  /**
   * Unit by unit, the last one and the ledger row in one transaction, under an advisory lock: an ordinary migration is one
   * unit. Idempotent per run: it goes on behind the units that are committed. Errors: StatementFailed, OutcomeUnknown,
   * MigrationRefused when another run applied the version, or has applied a part of its own.
   */
  applyMigration(
    address: DatabaseAddress,
    plan: {
      readonly statements: readonly SqlStatement[];
      readonly entry: RunIdentity & Pick<LedgerEntry, 'appliedBy'>;
      readonly limits: StatementLimits;
      /** Left out: each statement waits for its lock as long as the limits say. */
      readonly lockAttempts?: LockAttempts;
      /** Another tool's row, written in the last unit's transaction under that tool's lock. */
      readonly door?: DoorWork | undefined;
    },
  ): Promise<ApplyOutcome>;
  /**
   * What became of this run once nothing of it is under way any more: what a statement outside a transaction has left
   * half-done is taken away or completed. Under the same lock the run's lease ends, where it shall: nothing of the run is applied
   * after that. Errors: LockNotAvailable.
   */
  establishOutcome(address: DatabaseAddress, run: KnownRun, endsLease?: EndOfLease): Promise<ApplyState>;
  /**
   * Unit by unit, the last one and the ledger's `rolledBackAt` in one transaction. Of a migration of which only some units
   * were applied, what finds nothing to take back is passed over. Idempotent. Errors as applyMigration, and MigrationRefused when
   * somebody else has taken it back.
   */
  rollBack(
    address: DatabaseAddress,
    plan: {
      /** The version as its own run applied it: nothing else is taken back. */
      readonly applied: KnownRun;
      /** The run that takes it back, and holds the target. */
      readonly by: Pick<RunIdentity, 'runId'> & Partial<RunIdentity>;
      readonly statements: readonly SqlStatement[];
      readonly limits: StatementLimits;
      readonly lockAttempts?: LockAttempts;
      /** Another tool's row, removed in the last unit's transaction. */
      readonly door?: DoorWork | undefined;
    },
  ): Promise<{ readonly statements: readonly StatementRun[]; readonly rolledBackAt: string }>;
  /** All in one transaction that is rolled back; every test in a savepoint of its own. */
  runChecks(
    address: DatabaseAddress,
    checks: readonly DeclaredCheck[],
  ): Promise<{
    readonly results: readonly CheckResult[];
    /** Functions that were called meanwhile, `schema.name`; null where the role may not track functions. */
    readonly calledFunctions: readonly string[] | null;
    /** Tables and sequences whose row count or value differs after the rollback; empty is good. */
    readonly leftBehind: readonly string[];
    readonly compared: ComparedAfterTests;
  }>;
  explainQueries(address: DatabaseAddress, queries: readonly DeclaredQuery[]): Promise<readonly QueryResult[]>;
};

export type Adoption = {
  /** What stands, the oldest first. */
  readonly entries: readonly (Pick<LedgerEntry, 'version' | 'migration' | 'sha256'> & {
    readonly toolRow: ToolRowRecord | null;
  })[];
  readonly runId: string;
  readonly by: string;
  /** What they rest on, in words. */
  readonly reason: string;
  /** Of the last one: what the next run compares the target with. */
  readonly catalogFingerprint: string;
  /** The table that was read; null where a person's word is all there is. */
  readonly door: NamedDoor | null;
};

/** Whether the run may still apply something after its outcome was read: not without its lease. */
export type EndOfLease = 'never' | 'where nothing stands' | 'always';

export type StatementLimits = {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** An earlier attempt did not get its locks: who holds them is looked for from the first moment. */
  readonly isBlockedBefore?: boolean;
};

/** Which attempt at its locks this is, from 0, and how the earlier ones of the run went. */
export type LockAttempts = { readonly number: number; readonly before: readonly LockAttempt[] };
