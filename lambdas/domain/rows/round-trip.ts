/** What the tables of before hold otherwise after up and down. */
import { counted } from '#domain/count';
import type { TableContents } from '#domain/tables/contents';
import { pairTables } from '#domain/tables/counterparts';
import { dataLossBetween } from '#domain/tables/data-loss';

/**
 * Lost, changed and added, a clause each; empty when every value is back.
 *
 * @example
 * roundTripLosses(before, after) // ['15 values of public.people.phone became null']
 */
export const roundTripLosses = (
  before: readonly TableContents[],
  after: readonly TableContents[],
): readonly string[] => {
  const added = [...pairTables(before, after)]
    .filter(([one, other]) => other.rows > one.rows)
    .map(([one, other]) => `${one.table} has ${counted(other.rows - one.rows, 'row')} more than before`);
  // More rows are told above: that their values cannot be compared says nothing new.
  const losses = dataLossBetween(before, after).losses.filter(({ kind }) => kind !== 'unknown');
  return [...losses.map(({ text }) => text), ...added];
};
