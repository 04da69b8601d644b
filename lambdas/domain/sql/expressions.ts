/** Expressions compared by what they say: PostgreSQL writes them with other brackets and casts than people do. */
import { type Node, parseSync } from 'libpg-query';
import { nodeOf, nodesOf } from './syntax';

/**
 * The expression of a constraint as PostgreSQL prints it, `CHECK ((a > 0)) NOT VALID`, or of a default; null for what the parser does
 * not take, and where it was never loaded.
 */
export const parseExpression = (text: string): Node | null => {
  const inner =
    /^CHECK\s*\((.*)\)(?:\s+NO INHERIT)?(?:\s+NOT VALID)?(?:\s+NOT ENFORCED)?$/is.exec(text.trim())?.[1] ?? text;
  try {
    const [statement] = (parseSync(`SELECT ${inner}`) as { stmts?: { stmt: Node }[] }).stmts ?? [];
    return nodesOf(nodeOf(statement?.stmt, 'SelectStmt')?.targetList, 'ResTarget')[0]?.val ?? null;
  } catch {
    return null;
  }
};

/** The parts of an AND, however deep. */
export const conjunctsOf = (expression: Node): readonly Node[] => {
  const both = nodeOf(expression, 'BoolExpr');
  return both?.boolop === 'AND_EXPR' ? (both.args ?? []).flatMap(conjunctsOf) : [expression];
};

/** A constant with midnight written out or not. */
const plainText = (text: string) => text.replace(/ 00:00:00(?:\+00)?$/, '');

/** Constants without their casts, columns without their table, no positions. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const cast = nodeOf(value, 'TypeCast');
  if (cast) return plain(cast.arg);
  const column = nodeOf(value, 'ColumnRef');
  if (column) return { column: nodesOf(column.fields, 'String').at(-1)?.sval };
  const constant = nodeOf(value, 'A_Const');
  if (constant) {
    const { sval, ival, fval, boolval } = constant;
    return {
      constant: plainText(sval?.sval ?? fval?.fval ?? String(boolval ? (boolval.boolval ?? false) : (ival?.ival ?? 0))),
    };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.endsWith('location') && key !== 'list_start' && key !== 'list_end')
      .map(([key, inner]) => [key, plain(inner)]),
  );
};

/** Equal for expressions that say the same in the same order. */
export const shapeOf = (expression: unknown): string => JSON.stringify(plain(expression));

/** True when the expression can only hold for rows in which the column is not null. */
export const provesNotNull = (expression: Node, column: string): boolean =>
  conjunctsOf(expression).some((part) => {
    const test = nodeOf(part, 'NullTest');
    return (
      test?.nulltesttype === 'IS_NOT_NULL' &&
      nodesOf(nodeOf(test.arg, 'ColumnRef')?.fields, 'String').at(-1)?.sval === column
    );
  });
