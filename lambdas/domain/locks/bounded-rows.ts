/** Whether a statement's text bounds the number of rows that it touches, so that the number does not grow with the table. */
import type { A_Expr, Node, SelectStmt } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, relationName, stringsOf, walk } from '#domain/sql/syntax';

/** The columns of each unique index without a predicate on a table, `schema.table`. */
export type UniqueKeys = (table: string) => readonly (readonly string[])[];

/** At most `rows` rows of the table are touched, found through a key. */
export type BoundedRows = { readonly table: string; readonly rows: number };

/** A key may name many rows: up to so many are a number of their own, and not a share of a table. */
export const fewRows = 10_000;

/** True where the text bounds the rows of that table to at most so many. */
export const isBoundedTo = (bounded: BoundedRows | null | undefined, table: string, most = fewRows): boolean =>
  bounded?.table === table && bounded.rows <= most;

const reads = (node: unknown, ...kinds: readonly string[]) => {
  let found = false;
  walk({ node }, (kind) => {
    if (kinds.includes(kind)) found = true;
  });
  return found;
};

const columnOf = (node: Node | undefined): string | null => {
  const names = stringsOf(nodeOf(node, 'ColumnRef')?.fields);
  return names.at(-1) ?? null;
};

/** Of an integer, written as it is; null for anything else. */
const integerOf = (node: Node | undefined): number | null => {
  const constant = nodeOf(node, 'A_Const');
  return constant?.ival ? (constant.ival.ival ?? 0) : null;
};

/** What the conditions say of a column: how many values it may have, or between which integers it lies. */
type Condition = { readonly column: string; readonly values?: number; readonly from?: number; readonly to?: number };

const comparison = (column: string, operator: string, right: Node | undefined): readonly Condition[] => {
  if (operator === '=') return reads(right, 'ColumnRef') ? [] : [{ column, values: 1 }];
  const bound = integerOf(right);
  if (bound === null) return [];
  if (operator === '>' || operator === '>=') return [{ column, from: bound }];
  return operator === '<' || operator === '<=' ? [{ column, to: bound }] : [];
};

const conditionsIn = (expression: A_Expr): readonly Condition[] => {
  const column = columnOf(expression.lexpr);
  if (column === null) return [];
  const items = nodeOf(expression.rexpr, 'List')?.items ?? [];
  switch (expression.kind) {
    case 'AEXPR_IN':
      return stringsOf(expression.name)[0] === '=' && !reads(items, 'ColumnRef')
        ? [{ column, values: items.length }]
        : [];
    case 'AEXPR_BETWEEN': {
      const [from, to] = items.map(integerOf);
      return typeof from === 'number' && typeof to === 'number' ? [{ column, from, to }] : [];
    }
    case 'AEXPR_OP':
      return comparison(column, stringsOf(expression.name)[0] ?? '', expression.rexpr);
    default:
      return [];
  }
};

/** Of conditions that all have to hold; what OR joins is not looked at. */
const conditionsOf = (where: Node | undefined): readonly Condition[] => {
  const all = nodeOf(where, 'BoolExpr');
  if (all) return all.boolop === 'AND_EXPR' ? (all.args ?? []).flatMap(conditionsOf) : [];
  const expression = nodeOf(where, 'A_Expr');
  return expression ? conditionsIn(expression) : [];
};

/** How many values the conditions leave a column; null when they do not bound it. */
const valuesLeft = (conditions: readonly Condition[], column: string): number | null => {
  const own = conditions.filter((one) => one.column === column);
  const listed = own.flatMap(({ values }) => values ?? []);
  const from = Math.max(...own.flatMap((one) => one.from ?? []));
  const to = Math.min(...own.flatMap((one) => one.to ?? []));
  const width = Number.isFinite(from) && Number.isFinite(to) ? [Math.max(0, to - from + 1)] : [];
  const bounds = [...listed, ...width];
  return bounds.length === 0 ? null : Math.min(...bounds);
};

const rowsLeft = (conditions: readonly Condition[], keys: readonly (readonly string[])[]): number | null => {
  const bounds = keys.flatMap((columns) => {
    const left = columns.map((column) => valuesLeft(conditions, column));
    return columns.length > 0 && left.every((values) => values !== null)
      ? [left.reduce<number>((product, values) => product * (values ?? 1), 1)]
      : [];
  });
  return bounds.length === 0 ? null : Math.min(...bounds);
};

const targetOf = (node: Readonly<Record<string, unknown>>) => {
  const [update, remove, select] = [
    nodeOf(node, 'UpdateStmt'),
    nodeOf(node, 'DeleteStmt'),
    nodeOf(node, 'SelectStmt') as SelectStmt | undefined,
  ];
  if (update && !update.fromClause) return { relation: update.relation, where: update.whereClause };
  if (remove && !remove.usingClause) return { relation: remove.relation, where: remove.whereClause };
  const from = nodesOf(select?.fromClause, 'RangeVar');
  return select && from.length === 1 && select.fromClause?.length === 1
    ? { relation: from[0], where: select.whereClause }
    : null;
};

/** True for an UPDATE that sets a column of a unique key: who adds a row that refers to one of these waits then too. */
export const setsKey = ({ node }: Pick<SqlStatement, 'node'>, keysOf: UniqueKeys): boolean => {
  const update = nodeOf(node, 'UpdateStmt');
  const set = nodesOf(update?.targetList, 'ResTarget').map(({ name }) => name ?? '');
  return keysOf(relationName(update?.relation)).some((columns) => columns.some((column) => set.includes(column)));
};

/**
 * The bound of an UPDATE, a DELETE or a SELECT … FOR UPDATE of one table that names all columns of a unique key: by equality, in
 * a list, or between two integers.
 *
 * @example
 * // UPDATE jobs SET done = true WHERE id BETWEEN 1 AND 1000
 * boundedRows(statement, () => [['id']]) // { table: 'public.jobs', rows: 1000 }
 */
export const boundedRows = ({ node }: Pick<SqlStatement, 'node'>, keysOf: UniqueKeys): BoundedRows | null => {
  const target = targetOf(node);
  if (!target?.relation || !target.where) return null;
  const table = relationName(target.relation);
  const rows = rowsLeft(conditionsOf(target.where), keysOf(table));
  return rows === null ? null : { table, rows };
};
