/** From which values a column's are taken, before PostgreSQL has said which of them the checks let through. */
import { checkFacts, constantsOfBound, valuesForCheck } from './check-values';
import type { ColumnShape, TableShape } from './shape';
import { baseOf, familyOf, type MadeTypes } from './types';
import { valuesOf } from './values';

export type Pool = {
  readonly column: ColumnShape;
  /** The type without its domains: a value that the domain refuses could not even be asked about. */
  readonly type: string;
  readonly isNullable: boolean;
  /** In PostgreSQL's input format. */
  readonly values: readonly string[];
  /** Over VALUE. */
  readonly domainChecks: readonly string[];
  /** Those of the table that name this column alone. */
  readonly ownChecks: readonly string[];
};

export type Pools = {
  /** Of the columns that get a value. */
  readonly pools: readonly Pool[];
  /** Over several columns, all of which get a value. */
  readonly jointChecks: readonly string[];
  /** Why no row can be made, one sentence; null when one can. */
  readonly obstacle: string | null;
};

/** A text must not be longer than its type: a longer one is refused, and a cast would cut it without a word. */
const fits = (type: string) => {
  const { family, modifiers } = familyOf(type);
  const limit = family.startsWith('character') ? (modifiers[0] ?? (family === 'character' ? 1 : null)) : null;
  return (value: string) => limit === null || value.length <= limit;
};

const once = (values: readonly string[]) => [...new Set(values)];

/** The expression of a check without `CHECK` and what stands behind it. */
export const expressionOf = (check: string): string =>
  /^CHECK\s*(\(.*\))(?:\s+NO INHERIT)?(?:\s+NOT VALID)?(?:\s+NOT ENFORCED)?$/is.exec(check.trim())?.[1] ?? check;

/** `count` different values where the column is in a key, after `start` that are taken. */
export const poolsOf = (
  shape: TableShape,
  types: MadeTypes,
  { start, count }: { readonly start: number; readonly count: number },
): Pools => {
  const checks = shape.checks.map((text) => ({ text: expressionOf(text), facts: checkFacts(text) }));
  const inKey = new Set(shape.uniqueKeys.flat());
  const inForeignKey = new Set(shape.foreignKeys.flatMap(({ columns, isImplied }) => (isImplied ? [] : columns)));
  const bounds = shape.bounds.map(constantsOfBound);
  const bound = { texts: bounds.flatMap(({ texts }) => texts), numbers: bounds.flatMap(({ numbers }) => numbers) };
  const pools: Pool[] = [];
  for (const column of shape.columns) {
    if (column.isGiven) continue;
    const base = baseOf(column.type, types);
    const isNullable = column.isNullable && base.isNullable;
    const maker = valuesOf(base.type, types);
    if (!maker && !inForeignKey.has(column.name)) {
      if (isNullable || column.default !== null) continue;
      return {
        pools: [],
        jointChecks: [],
        obstacle: `its column ${column.written} takes no null, and no value of type ${column.type} is known here`,
      };
    }
    const about = checks.filter(({ facts }) => facts?.columns.includes(column.name));
    const ownChecks = about.filter(({ facts }) => facts?.columns.length === 1).map(({ text }) => text);
    const asked = [...about.map(({ facts }) => facts), ...base.checks.map(checkFacts)].filter(
      (facts) => facts !== null && facts !== undefined,
    );
    const isPartitionKey = shape.partitionColumns.includes(column.name);
    const forBounds = isPartitionKey
      ? valuesForCheck({ ...bound, columns: [], patterns: [], likes: [], isMeasured: false }, base.type)
      : [];
    const forChecks = asked.flatMap((facts) => valuesForCheck(facts, base.type)).filter(fits(base.type));
    const distinct = maker ? Array.from({ length: count }, (_, at) => maker.distinct(start + at)) : [];
    const usual = maker?.usual ?? [];
    const free = inKey.has(column.name) ? [...distinct, ...forChecks] : [...forChecks, ...usual];
    pools.push({
      column,
      type: base.type,
      isNullable,
      // Few other values lie in a partition.
      values: once(forBounds.length > 0 ? forBounds : free),
      domainChecks: base.checks.map(expressionOf),
      ownChecks,
    });
  }
  const given = new Set(pools.map(({ column }) => column.name));
  const jointChecks = checks
    .filter(({ facts }) => (facts?.columns.length ?? 0) > 1 && facts?.columns.every((name) => given.has(name)))
    .map(({ text }) => text);
  return { pools, jointChecks, obstacle: null };
};
