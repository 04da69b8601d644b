/** Everything the rules look at, worked out once. */
import type { ChecksFile } from '#domain/checks/checks';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import type { Migration } from '#domain/migration/migration';
import { type KnownReach, nothingKnown } from '#domain/sql/reach-in-code';
import { bytesOf, type ProductionStatistics } from '#domain/tables/production-statistics';
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
  /** How large production's tables are; null where no file says it, undefined where nobody asked. */
  readonly production: ProductionStatistics | null | undefined;
  /** How long others may have to wait. */
  readonly limitMs: number;
  /** What the work on a table is told from: production's size, or else the target's; null where neither is known. */
  workBytes(table: string): number | null;
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
  readonly production?: ProductionStatistics | null | undefined;
  readonly limitMs?: number | undefined;
};

/** The context of a review. With nothing known before, the migration is one for an empty database. */
export const contextOf = (migration: Migration, known: KnownBefore = {}): ReviewContext => {
  const changes = changesOf(migration.statements);
  const dropped = droppedObjects(migration.statements, changes);
  const sizes = new Map((known.sizes ?? []).map((size) => [size.table, size]));
  const inProduction = new Map((known.production?.tables ?? []).map((one) => [one.table, bytesOf(one)]));
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
    sizes,
    production: known.production,
    limitMs: known.limitMs ?? longestBlockingMs,
    workBytes: (table) => inProduction.get(table) ?? sizes.get(table)?.sizeBytes ?? null,
  };
};
