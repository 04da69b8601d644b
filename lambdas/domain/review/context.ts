/** Everything the rules look at, worked out once. */

import type { ChecksFile } from '#domain/checks/checks';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Migration } from '#domain/migration/migration';
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
};

export type Surroundings = {
  readonly checks?: ChecksFile | null;
  readonly ledger?: readonly LedgerEntry[];
  readonly tables?: readonly ExistingTable[];
  readonly definitions?: ReadonlyMap<string, string>;
  readonly dependentsOf?: (table: string) => readonly string[];
  readonly sizes?: readonly TableStatistics[];
};

/** Without surroundings: a migration for an empty database. */
export const contextOf = (migration: Migration, surroundings: Surroundings = {}): ReviewContext => {
  const changes = changesOf(migration.statements);
  const dropped = droppedObjects(migration.statements, changes);
  return {
    migration,
    checks: surroundings.checks ?? null,
    ledger: surroundings.ledger ?? [],
    changes,
    rollback: changesOf(migration.rollback.statements),
    dropped: new Map(dropped.map(({ kind, identity, line }) => [`${kind} ${identity}`, line])),
    existing: new Map((surroundings.tables ?? []).map((table) => [`${table.schema}.${table.name}`, table])),
    existingDefinitions: surroundings.definitions ?? new Map(),
    dependentsOf: surroundings.dependentsOf ?? (() => []),
    sizes: new Map((surroundings.sizes ?? []).map((size) => [size.table, size])),
  };
};
