/** Everything the rules look at, worked out once. */
import type { ChecksFile } from '#domain/checks/checks';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Migration } from '#domain/migration/migration';
import { type KnownReach, nothingKnown } from '#domain/sql/reach-in-code';
import type { TableStatistics } from '#domain/tables/statistics';
import type { Changes } from './changes/change';
import { changesOf } from './changes/changes-of';
import { droppedObjects } from './changes/dropped-objects';
import type { ExistingTable } from './existing-table';

export type ReviewContext = {
  readonly migration: Migration;
  readonly checks: ChecksFile | null;
  readonly ledger: readonly LedgerEntry[];
  readonly changes: Changes;
  readonly rollback: Changes;
  /** The line on which the migration last drops each object, by kind and identity: `index public.jobs_pending_idx`. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Before the migration, by `schema.name`. */
  readonly existing: ReadonlyMap<string, ExistingTable>;
  /** Definitions of functions and views before the migration, by kind and name: `function public.touch`. */
  readonly existingDefinitions: ReadonlyMap<string, string>;
  /** Views and functions before the migration whose definition names that table, `schema.name`. */
  dependentsOf(table: string): readonly string[];
  /** By `schema.name`. */
  readonly sizes: ReadonlyMap<string, TableStatistics>;
  /** Which objects of the target reach beyond it. */
  readonly knownReach: KnownReach;
};

/** What is known of the target before the migration. */
export type KnownBefore = {
  readonly checks?: ChecksFile | null;
  readonly ledger?: readonly LedgerEntry[];
  readonly tables?: readonly ExistingTable[];
  readonly definitions?: ReadonlyMap<string, string>;
  readonly dependentsOf?: (table: string) => readonly string[];
  readonly sizes?: readonly TableStatistics[];
  readonly reach?: KnownReach;
};

/** The context of a review. With nothing known before, the migration is one for an empty database. */
export const contextOf = (migration: Migration, known: KnownBefore = {}): ReviewContext => {
  const changes = changesOf(migration.statements);
  const dropped = droppedObjects(migration.statements, changes);
  return {
    migration,
    checks: known.checks ?? null,
    ledger: known.ledger ?? [],
    changes,
    rollback: changesOf(migration.rollback.statements),
    dropped: new Map(dropped.map(({ kind, identity, line }) => [`${kind} ${identity}`, line])),
    existing: new Map((known.tables ?? []).map((table) => [`${table.schema}.${table.name}`, table])),
    existingDefinitions: known.definitions ?? new Map(),
    dependentsOf: known.dependentsOf ?? (() => []),
    knownReach: known.reach ?? nothingKnown,
    sizes: new Map((known.sizes ?? []).map((size) => [size.table, size])),
  };
};
