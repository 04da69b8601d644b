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
import type { ExistingTable } from './existing-table';
import { type Followed, follow } from './names/follow';
import type { KnownObject } from './names/known-objects';
import { emptyBook, enter, type NameBook } from './names/name-book';
import type { SearchPath } from './names/search-path';

export type ReviewContext = {
  /** Each name in the trees of its statements has its schema, as the search_path there makes it mean. */
  readonly migration: Migration;
  readonly checks: ChecksFile | null;
  readonly ledger: readonly LedgerEntry[];
  readonly changes: Changes;
  readonly rollback: Changes;
  /** What the file makes, takes away and renames, statement by statement. */
  readonly up: Followed;
  /** The same of its rollback, from where the file ends. */
  readonly down: Followed;
  /** The line on which the migration last drops each object, by kind and identity: `index public.jobs_pending_idx`. */
  readonly dropped: ReadonlyMap<string, number>;
  /** False where no database was asked: what the file does not make itself may be there or not, in any form. */
  readonly isDatabaseKnown: boolean;
  /** Before the migration, by `schema.name`. */
  readonly existing: ReadonlyMap<string, ExistingTable>;
  /** Every object before the migration; overloaded functions share a name. */
  readonly objects: readonly KnownObject[];
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
  /** Left out where the database is not known: then every object that the file does not make counts as there. */
  readonly objects?: readonly KnownObject[];
  /** That of a new session; PostgreSQL's own default when left out. */
  readonly searchPath?: SearchPath;
  readonly definitions?: ReadonlyMap<string, string>;
  readonly dependentsOf?: (table: string) => readonly string[];
  readonly sizes?: readonly TableStatistics[];
  readonly reach?: KnownReach;
  readonly production?: ProductionStatistics | null | undefined;
  readonly limitMs?: number | undefined;
};

/** Everything that is there, by name. */
const bookOf = ({ objects, tables = [], definitions = new Map() }: KnownBefore): NameBook => {
  const book = emptyBook(objects !== undefined);
  for (const { kind, name } of objects ?? []) enter(book, kind, name, 'before');
  for (const { schema, name } of tables) enter(book, 'table', `${schema}.${name}`, 'before');
  for (const key of definitions.keys()) {
    const kindEnd = key.lastIndexOf(' ');
    enter(book, key.slice(0, kindEnd), key.slice(kindEnd + 1), 'before');
  }
  return book;
};

/** The context of a review. With nothing known before, the migration is one for an empty database. */
export const contextOf = (migration: Migration, known: KnownBefore = {}): ReviewContext => {
  const sizes = new Map((known.sizes ?? []).map((size) => [size.table, size]));
  const inProduction = new Map((known.production?.tables ?? []).map((one) => [one.table, bytesOf(one)]));
  const up = follow(migration.statements, bookOf(known), known.searchPath);
  const down = follow(migration.rollback.statements, up.end, known.searchPath);
  return {
    migration: {
      ...migration,
      statements: up.statements,
      rollback: { ...migration.rollback, statements: down.statements },
    },
    checks: known.checks ?? null,
    ledger: known.ledger ?? [],
    changes: changesOf(up.flat, up.isMade),
    rollback: changesOf(down.flat, down.isMade),
    up,
    down,
    dropped: new Map(up.dropped.map(({ kind, identity, line }) => [`${kind} ${identity}`, line])),
    isDatabaseKnown: known.objects !== undefined,
    existing: new Map((known.tables ?? []).map((table) => [`${table.schema}.${table.name}`, table])),
    objects: known.objects ?? [],
    existingDefinitions: known.definitions ?? new Map(),
    dependentsOf: known.dependentsOf ?? (() => []),
    knownReach: known.reach ?? nothingKnown,
    sizes,
    production: known.production,
    limitMs: known.limitMs ?? longestBlockingMs,
    workBytes: (table) => inProduction.get(table) ?? sizes.get(table)?.sizeBytes ?? null,
  };
};
