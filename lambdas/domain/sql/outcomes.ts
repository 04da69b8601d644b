/** What a condition can come out as, whatever the values: a CHECK rejects a row only where it is false, and passes null. */
import type { Node } from 'libpg-query';
import { shapeOf } from './expressions';
import { nodeOf, stringsOf } from './syntax';

export type Outcome = 'true' | 'false' | 'null';

const anything: readonly Outcome[] = ['true', 'false', 'null'];

/** The least that these functions give when they do not give null. */
const least: Readonly<Record<string, number>> = {
  array_length: 1,
  cardinality: 0,
  length: 0,
  char_length: 0,
  character_length: 0,
  octet_length: 0,
  bit_length: 0,
  json_array_length: 0,
  jsonb_array_length: 0,
  num_nulls: 0,
  num_nonnulls: 0,
  abs: 0,
};

const withoutCast = (node: Node | undefined): Node | undefined => {
  const cast = nodeOf(node, 'TypeCast');
  return cast ? withoutCast(cast.arg) : node;
};

const isNull = (node: Node | undefined): boolean => nodeOf(withoutCast(node), 'A_Const')?.isnull === true;

const numberOf = (node: Node | undefined): number | null => {
  const constant = nodeOf(withoutCast(node), 'A_Const');
  if (constant?.ival) return constant.ival.ival ?? 0;
  return constant?.fval ? Number(constant.fval.fval) : null;
};

const leastOf = (node: Node | undefined): number | null =>
  least[stringsOf(nodeOf(withoutCast(node), 'FuncCall')?.funcname).at(-1) ?? ''] ?? null;

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '=': '=', '<>': '<>' };

/** Of a function that gives `minimum` or more. */
const againstLeast = (minimum: number, operator: string, bound: number): readonly Outcome[] => {
  const isAlways = { '>': minimum > bound, '>=': minimum >= bound, '<>': minimum > bound }[operator] ?? false;
  const isNever = { '<': minimum >= bound, '<=': minimum > bound, '=': minimum > bound }[operator] ?? false;
  if (isAlways) return ['true', 'null'];
  return isNever ? ['false', 'null'] : anything;
};

const ofOperator = (name: string, left: Node | undefined, right: Node | undefined): readonly Outcome[] => {
  if (!(name in mirrored)) return anything;
  if (isNull(left) || isNull(right)) return ['null'];
  if (nodeOf(left, 'ColumnRef') && shapeOf(left) === shapeOf(right))
    return ['=', '<=', '>='].includes(name) ? ['true', 'null'] : ['false', 'null'];
  const [minimum, bound] = [leastOf(left), numberOf(right)];
  if (minimum !== null && bound !== null) return againstLeast(minimum, name, bound);
  const [otherMinimum, otherBound] = [leastOf(right), numberOf(left)];
  return otherMinimum !== null && otherBound !== null
    ? againstLeast(otherMinimum, mirrored[name] ?? '', otherBound)
    : anything;
};

/** `isIn` = one of the list, else none of it; a null in the list turns every miss into null. */
const ofList = (isIn: boolean, elements: readonly Node[]): readonly Outcome[] => {
  if (!elements.some(isNull)) return anything;
  if (elements.every(isNull)) return ['null'];
  return isIn ? ['true', 'null'] : ['false', 'null'];
};

const ofExpression = (node: Node): readonly Outcome[] => {
  const expression = nodeOf(node, 'A_Expr');
  const operator = stringsOf(expression?.name).at(-1) ?? '';
  const list =
    nodeOf(expression?.rexpr, 'List')?.items ?? nodeOf(withoutCast(expression?.rexpr), 'A_ArrayExpr')?.elements;
  if (expression?.kind === 'AEXPR_IN') return ofList(operator === '=', list ?? []);
  if (expression?.kind === 'AEXPR_OP_ANY' && operator === '=') return ofList(true, list ?? []);
  if (expression?.kind === 'AEXPR_OP_ALL' && operator === '<>') return ofList(false, list ?? []);
  return expression?.kind === 'AEXPR_OP' ? ofOperator(operator, expression.lexpr, expression.rexpr) : anything;
};

const negated: Readonly<Record<Outcome, Outcome>> = { true: 'false', false: 'true', null: 'null' };

/** AND and OR: the value that decides alone, then null, then the other one. */
const joined = (parts: readonly (readonly Outcome[])[], deciding: Outcome): readonly Outcome[] => {
  const other = negated[deciding];
  const isPossible = {
    [deciding]: parts.some((part) => part.includes(deciding)),
    null: parts.some((part) => part.includes('null')) && parts.every((part) => part.some((one) => one !== deciding)),
    [other]: parts.every((part) => part.includes(other)),
  } as Readonly<Record<Outcome, boolean>>;
  return anything.filter((outcome) => isPossible[outcome]);
};

/**
 * Lists how a condition can come out; every outcome where that is not seen from the text.
 *
 * @example
 * // state IN ('new', 'paid', NULL)
 * outcomesOf(expression) // ['true', 'null']
 */
export const outcomesOf = (node: Node | undefined): readonly Outcome[] => {
  if (!node) return anything;
  if (isNull(node)) return ['null'];
  const constant = nodeOf(withoutCast(node), 'A_Const');
  if (constant?.boolval) return [constant.boolval.boolval ? 'true' : 'false'];
  const combined = nodeOf(node, 'BoolExpr');
  if (combined) {
    const parts = (combined.args ?? []).map(outcomesOf);
    if (combined.boolop === 'NOT_EXPR') return (parts[0] ?? anything).map((outcome) => negated[outcome]);
    return joined(parts, combined.boolop === 'AND_EXPR' ? 'false' : 'true');
  }
  return nodeOf(node, 'A_Expr') ? ofExpression(node) : anything;
};
