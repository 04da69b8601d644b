/** Puts together what a dry run measured, what the review had expected, and how much the tables are used. */
import type { Catalog } from '#domain/catalog/catalog';
import { partsOf } from '#domain/catalog/identifiers';
import { indexTables } from '#domain/catalog/index-tables';
import { tablesOf } from '#domain/catalog/tables';
import type { Prediction } from '#domain/locks/prediction';
import type { TableContents } from '#domain/tables/contents';
import type { TableStatistics } from '#domain/tables/statistics';
import { type ComparedStatement, comparePrediction, outcomes } from './compare-prediction';
import { gradeStatements } from './grade-statements';
import { growthOf, type TableSize } from './growth';
import type { StatementRun } from './measured';
import { rowLocksOf } from './row-locks';

/** By table, both as `schema.table`. */
const referencingTables = (catalog: Catalog) => {
  const all = tablesOf(catalog).flatMap(({ identity, foreignKeys }) =>
    foreignKeys.map(
      ({ targetTable }) => [targetTable, identity].map((name) => partsOf(name).join('.')) as [string, string],
    ),
  );
  return (table: string) => [...new Set(all.filter(([target]) => target === table).map(([, from]) => from))].sort();
};

/**
 * Grades each statement of a dry run and holds it against its prediction. One entry per statement, in their order.
 *
 * @example
 * gradeDryRun(statements, predictions, { catalog, contents, traffic })[0]
 * // { line: 3, class: 'rewrite', severity: 'high', outcome: 'worse', locks: […], … }
 */
export const gradeDryRun = (
  statements: readonly StatementRun[],
  predictions: readonly Prediction[],
  before: {
    readonly catalog: Catalog;
    readonly contents: readonly TableContents[];
    readonly traffic: readonly TableStatistics[];
    /** Left out: a second. */
    readonly limitMs?: number;
  },
): readonly ComparedStatement[] => {
  const tables = indexTables(before.catalog);
  const counted = new Map(before.contents.map(({ table, rows }) => [partsOf(table).join('.'), rows]));
  const empty = new Set([...counted].filter(([, rows]) => rows === 0).map(([table]) => table));
  const tableOfIndex = (index: string) => tables.get(index) ?? null;
  const sizeOf = (table: string): TableSize => {
    const known = before.traffic.find((one) => one.table === table);
    return { rows: counted.get(table) ?? known?.estimatedRows ?? null, bytes: known?.sizeBytes ?? null };
  };
  const referencing = referencingTables(before.catalog);
  const rowsOf = (run: StatementRun) => {
    const prediction = predictions.find(({ index }) => index === run.index);
    const rowLocks = rowLocksOf(run, { prediction, referencing, isIndex: (relation) => tables.has(relation) });
    return { rowLocks, growth: growthOf(run, rowLocks, { prediction, tableOfIndex, sizeOf }) };
  };
  const { traffic, limitMs } = before;
  const assessed = gradeStatements(statements, {
    tableOfIndex,
    traffic,
    rowsOf,
    ...(limitMs !== undefined && { limitMs }),
  });
  return comparePrediction(assessed, predictions, (table) => empty.has(table));
};

/** `4 confirmed, 1 worse (line 7)`; empty without statements. */
export const outcomesInWords = (statements: readonly Pick<ComparedStatement, 'outcome' | 'line'>[]): string =>
  outcomes
    .map((outcome) => ({ outcome, lines: statements.filter((one) => one.outcome === outcome).map(({ line }) => line) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ outcome, lines }) =>
      outcome === 'confirmed' ? `${lines.length} ${outcome}` : `${lines.length} ${outcome} (line ${lines.join(', ')})`,
    )
    .join(', ');
