/** Box 2.3. */
import type { ConstraintChange } from '../changes/change';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';
import { columnType, knowsColumns, primaryKeyOf, tableExists } from '../tables-after';
import { foreignKeysOf } from './foreign-key-index';

/** Column by column, with the type of both sides; null for a side that is not there. */
export const pairsOf = (context: ReviewContext, { table, columns, references }: ConstraintChange) => {
  const target = references?.table ?? '';
  const targetColumns = references?.columns.length ? references.columns : primaryKeyOf(context, target);
  return columns.map((column, index) => {
    const targetColumn = targetColumns[index] ?? '';
    return {
      column,
      type: columnType(context, table, column),
      target,
      targetColumn,
      targetType: columnType(context, target, targetColumn),
    };
  });
};

export const foreignKeyTargetMissing: Rule = {
  id: 'foreign-key-target-missing',
  severity: 'stop',
  box: '2.3',
  title: 'A foreign key points to nothing',
  why: 'The table or column is neither in the database nor in the file: the migration will fail.',
  remedy: 'Correct the name, or create the target first.',
  check: (context) =>
    foreignKeysOf(context).flatMap((key) => {
      const target = key.references?.table ?? '';
      if (!tableExists(context, target) && !context.isDatabaseKnown) return [];
      if (!tableExists(context, target))
        return [
          { line: key.line, message: `the foreign key on ${key.table} points to ${target}, which does not exist` },
        ];
      if (!knowsColumns(context, target)) return [];
      return pairsOf(context, key)
        .filter(({ targetType }) => targetType === null)
        .map(({ column, targetColumn }) => ({
          line: key.line,
          message: `the foreign key on ${key.table} (${column}) points to ${targetColumn ? `${target} (${targetColumn})` : `the primary key of ${target}`}, which does not exist`,
        }));
    }),
};

export const foreignKeyTypesDiffer: Rule = {
  id: 'foreign-key-types-differ',
  severity: 'stop',
  box: '2.3',
  title: 'The types of a foreign key differ',
  why: 'PostgreSQL converts on every check, may not use the index for joins, and the narrower side runs out first.',
  remedy: 'Give the column the type of the column it points to.',
  check: (context) =>
    foreignKeysOf(context).flatMap((key) =>
      pairsOf(context, key)
        .filter(({ type, targetType }) => type !== null && targetType !== null && type !== targetType)
        .map(({ column, type, target, targetColumn, targetType }) => ({
          line: key.line,
          message: `${key.table}.${column} is ${type}, and ${target}.${targetColumn}, to which it points, is ${targetType}`,
        })),
    ),
};

export const foreignKeyWithoutOnDelete: Rule = {
  id: 'foreign-key-without-on-delete',
  severity: 'warn',
  box: '2.3',
  title: 'A foreign key does not say what happens on delete',
  why: 'The default refuses the delete; whether that is meant or was forgotten, nobody can tell from the file.',
  remedy: 'Write ON DELETE RESTRICT, NO ACTION, CASCADE, SET NULL or SET DEFAULT.',
  check: (context) =>
    foreignKeysOf(context)
      .filter(({ statesOnDelete }) => !statesOnDelete)
      .map(({ table, columns, references, line }) => ({
        line,
        message: `the foreign key on ${table} (${columns.join(', ')}) to ${references?.table} states no ON DELETE action`,
      })),
};
