/** What a condition can come out as, whatever the values: a CHECK rejects a row only where it is false, and passes null. */
import type { Node } from 'libpg-query';
import { shapeOf } from './expressions';
import { nodeOf, nodesOf, stringsOf } from './syntax';

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
  if (name === '=' && nodeOf(left, 'A_Const') && shapeOf(left) === shapeOf(right)) return ['true'];
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

/** `%` matches whatever is not null. */
const ofPattern = (isLike: boolean, text: Node | undefined, pattern: Node | undefined): readonly Outcome[] => {
  if (isNull(text) || isNull(pattern)) return ['null'];
  if (nodeOf(withoutCast(pattern), 'A_Const')?.sval?.sval !== '%') return anything;
  return isLike ? ['true', 'null'] : ['false', 'null'];
};

const ofExpression = (node: Node): readonly Outcome[] => {
  const expression = nodeOf(node, 'A_Expr');
  const operator = stringsOf(expression?.name).at(-1) ?? '';
  const list =
    nodeOf(expression?.rexpr, 'List')?.items ?? nodeOf(withoutCast(expression?.rexpr), 'A_ArrayExpr')?.elements;
  if (expression?.kind === 'AEXPR_LIKE' || expression?.kind === 'AEXPR_ILIKE')
    return ofPattern(!operator.startsWith('!'), expression.lexpr, expression.rexpr);
  if (expression?.kind?.startsWith('AEXPR_OP_A') && isNull(expression.rexpr)) return ['null'];
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

const inOrder = (outcomes: Iterable<Outcome>): readonly Outcome[] => {
  const possible = new Set(outcomes);
  return anything.filter((outcome) => possible.has(outcome));
};

/** The first that is not null. */
const ofCoalesce = (parts: readonly (readonly Outcome[])[]): readonly Outcome[] => {
  const certain = parts.findIndex((part) => !part.includes('null'));
  const reached = certain === -1 ? parts : parts.slice(0, certain + 1);
  return inOrder([...reached.flat().filter((one) => one !== 'null'), ...(certain === -1 ? (['null'] as const) : [])]);
};

/** IS TRUE, IS NOT FALSE and their kin are never null themselves. */
const ofBooleanTest = (test: string, outcomes: readonly Outcome[]): readonly Outcome[] => {
  const [, not, asked] = /^IS_(NOT_)?(TRUE|FALSE|UNKNOWN)$/.exec(test) ?? [];
  if (asked === undefined) return anything;
  const sought = asked === 'UNKNOWN' ? 'null' : asked.toLowerCase();
  return inOrder(outcomes.map((one) => ((one === sought) === (not === undefined) ? 'true' : 'false')));
};

/** `a IS NULL OR a IS NOT NULL`. */
const holdsEither = (alternatives: readonly Node[]): boolean => {
  const tests = alternatives.flatMap((one) => nodeOf(one, 'NullTest') ?? []);
  return tests.some(({ arg, nulltesttype }) =>
    tests.some((other) => other.nulltesttype !== nulltesttype && shapeOf(other.arg) === shapeOf(arg)),
  );
};

const ofCombined = (boolop: string | undefined, args: readonly Node[]): readonly Outcome[] => {
  const parts = args.map(outcomesOf);
  if (boolop === 'NOT_EXPR') return (parts[0] ?? anything).map((outcome) => negated[outcome]);
  if (boolop === 'OR_EXPR' && holdsEither(args)) return ['true'];
  return joined(parts, boolop === 'AND_EXPR' ? 'false' : 'true');
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
  if (combined) return ofCombined(combined.boolop, combined.args ?? []);
  if (nodeOf(node, 'NullTest')) return ['true', 'false'];
  const coalesce = nodeOf(node, 'CoalesceExpr');
  if (coalesce) return ofCoalesce((coalesce.args ?? []).map(outcomesOf));
  const test = nodeOf(node, 'BooleanTest');
  if (test) return ofBooleanTest(test.booltesttype ?? '', outcomesOf(test.arg));
  const choice = nodeOf(node, 'CaseExpr');
  if (choice) {
    const results = nodesOf(choice.args, 'CaseWhen').map(({ result }) => outcomesOf(result));
    return inOrder([...results.flat(), ...(choice.defresult ? outcomesOf(choice.defresult) : (['null'] as const))]);
  }
  return nodeOf(node, 'A_Expr') ? ofExpression(node) : anything;
};
