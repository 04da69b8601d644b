/** What the steps hand to the review, and how the catalog becomes what the rules look at. */
import type { Catalog } from '#domain/catalog/catalog';
import { knownReachOf } from '#domain/catalog/known-reach';
import { tablesOf } from '#domain/catalog/tables';
import type { ChecksFile } from '#domain/checks/checks';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { Migration } from '#domain/migration/migration';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import type { TableStatistics } from '#domain/tables/statistics';
import { contextOf, type ReviewContext } from './context';
import { knownObjects, nameOfIdentity } from './names/known-objects';
import type { SearchPath } from './names/search-path';

export type ReviewSubject = {
  readonly migration: Migration;
  readonly checks: ChecksFile | null;
  /** The target's schema before the migration. */
  readonly catalog: Catalog;
  readonly ledger: readonly LedgerEntry[];
  /** Which a session of the role begins with; PostgreSQL's own where it is left out. */
  readonly searchPath?: SearchPath;
};

export type ImpactSubject = ReviewSubject & {
  readonly statistics: readonly TableStatistics[];
  readonly production?: ProductionStatistics | null;
  readonly limitMs?: number;
};

const definedKinds: Readonly<Record<string, string>> = {
  function: 'function',
  procedure: 'function',
  view: 'view',
  'materialized view': 'materialized view',
};

const definitionsIn = ({ objects }: Catalog): ReadonlyMap<string, string> =>
  new Map(
    objects.flatMap(({ kind, identity, definition }) => {
      const word = definedKinds[kind];
      return word ? [[`${word} ${nameOfIdentity(identity)}`, String(definition['definition'] ?? '')] as const] : [];
    }),
  );

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Found by name in the definition's text: a word that means something else is listed too, a table in a string of dynamic SQL is not. */
const dependentsIn = (definitions: ReadonlyMap<string, string>) => (table: string) => {
  const name = new RegExp(`(?<![\\w.])(?:${escaped(table)}|${escaped(table.split('.').at(-1) ?? '')})(?!\\w)`, 'i');
  return [...definitions].filter(([, definition]) => name.test(definition)).map(([key]) => key);
};

export const contextFor = (subject: ReviewSubject | ImpactSubject): ReviewContext => {
  const definitions = definitionsIn(subject.catalog);
  return contextOf(subject.migration, {
    checks: subject.checks,
    ledger: subject.ledger,
    ...(subject.searchPath && { searchPath: subject.searchPath }),
    tables: tablesOf(subject.catalog),
    objects: knownObjects(subject.catalog),
    definitions,
    reach: knownReachOf(subject.catalog),
    dependentsOf: dependentsIn(definitions),
    ...('statistics' in subject && {
      sizes: subject.statistics,
      production: subject.production,
      limitMs: subject.limitMs,
    }),
  });
};
