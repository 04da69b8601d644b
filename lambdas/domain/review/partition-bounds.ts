/** What a partition's bound says of its rows, as expressions that a CHECK can be compared with. */
import type { Node } from 'libpg-query';
import { shapeOf } from '#domain/sql/expressions';
import { nodeOf } from '#domain/sql/syntax';

const operation = (name: string, column: string, value: Node): Node =>
  ({
    A_Expr: {
      kind: 'AEXPR_OP',
      name: [{ String: { sval: name } }],
      lexpr: { ColumnRef: { fields: [{ String: { sval: column } }] } },
      rexpr: value,
    },
  }) as Node;

/** One column, range with two constants or a list with one; null for what is not looked into. */
const comparisonsOf = (bound: Node | undefined, key: string | null) => {
  const spec = nodeOf(bound, 'PartitionBoundSpec');
  const [, strategy, column] = /^(RANGE|LIST) \((\w+)\)$/.exec(key ?? '') ?? [];
  if (!spec || column === undefined) return null;
  if (strategy === 'RANGE') {
    const [from, to] = [spec.lowerdatums?.[0], spec.upperdatums?.[0]];
    if (!nodeOf(from, 'A_Const') || !nodeOf(to, 'A_Const')) return null;
    return {
      column,
      inside: [operation('>=', column, from as Node), operation('<', column, to as Node)],
      outside: [operation('<', column, from as Node), operation('>=', column, to as Node)],
    };
  }
  const [only, ...more] = spec.listdatums ?? [];
  if (!nodeOf(only, 'A_Const') || more.length > 0) return null;
  return { column, inside: [operation('=', column, only as Node)], outside: [operation('<>', column, only as Node)] };
};

/** True when the checks say what the bound says. `key` is the parent's, as PostgreSQL prints it: `RANGE (at)`. */
export const checksProveBound = (
  checks: readonly Node[],
  bound: Node | undefined,
  key: string | null,
): string | null => {
  const comparisons = comparisonsOf(bound, key);
  const shapes = new Set(checks.map(shapeOf));
  return comparisons?.inside.every((one) => shapes.has(shapeOf(one))) ? comparisons.column : null;
};

const partsOfOr = (expression: Node): readonly Node[] => {
  const either = nodeOf(expression, 'BoolExpr');
  return either?.boolop === 'OR_EXPR' ? (either.args ?? []).flatMap(partsOfOr) : [expression];
};

/** True when a check of the default partition keeps out every row that the bound takes in: one side of the range, or all around it. */
export const checksExcludeBound = (checks: readonly Node[], bound: Node | undefined, key: string | null): boolean => {
  const outside = new Set((comparisonsOf(bound, key)?.outside ?? []).map(shapeOf));
  return checks.some((check) => partsOfOr(check).every((part) => outside.has(shapeOf(part))));
};
