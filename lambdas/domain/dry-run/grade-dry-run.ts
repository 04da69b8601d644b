/** Puts together what a dry run measured, what the review had expected, and how much the tables are used. */
import type { Catalog } from '#domain/catalog/catalog';
import { partsOf } from '#domain/catalog/identifiers';
import { indexTables } from '#domain/catalog/index-tables';
import type { Prediction } from '#domain/locks/predict-locks';
import type { TableContents } from '#domain/tables/contents';
import type { TableStatistics } from '#domain/tables/statistics';
import { type ComparedStatement, comparePrediction, outcomes } from './compare-prediction';
import { gradeStatements } from './grade-statements';
import type { StatementRun } from './measured';

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
  },
): readonly ComparedStatement[] => {
  const tables = indexTables(before.catalog);
  const empty = new Set(before.contents.filter(({ rows }) => rows === 0).map(({ table }) => partsOf(table).join('.')));
  const tableOfIndex = (index: string) => tables.get(index) ?? null;
  const assessed = gradeStatements(statements, { tableOfIndex, traffic: before.traffic });
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
