/** Box 1.7. */
import type { ConstraintChange } from '../changes/change';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';
import { keysOf } from '../tables-after';

/** The leading columns are the foreign key's, in any order; a partial index does not hold every row. */
export const isIndexed = (context: ReviewContext, { table, columns }: ConstraintChange): boolean =>
  keysOf(context, table).some(({ columns: indexed, isPartial, isBtree }) => {
    const leading = indexed.slice(0, columns.length);
    return isBtree && !isPartial && columns.every((column) => leading.includes(column));
  });

export const foreignKeysOf = ({ changes }: ReviewContext): readonly ConstraintChange[] =>
  changes.constraints.filter(({ kind }) => kind === 'foreign key');

export const foreignKeyWithoutIndex: Rule = {
  id: 'foreign-key-without-index',
  severity: 'warn',
  box: '1.7',
  title: 'A foreign key has no index',
  why: 'PostgreSQL makes none by itself: every DELETE or key change in the referenced table then reads this whole table, and so does every join.',
  remedy: "Create an index whose leading columns are the foreign key's, without WHERE.",
  check: (context) =>
    foreignKeysOf(context)
      .filter((key) => !isIndexed(context, key) && (context.isDatabaseKnown || key.isNewTable))
      .map(({ table, columns, line }) => ({
        line,
        message: `the foreign key on ${table} (${columns.join(', ')}) has no usable index; create one on these columns`,
      })),
};
