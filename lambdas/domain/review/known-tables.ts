/** What the prediction of locks asks of the database, answered from the catalog and from what the file has done by then. */
import type { Node } from 'libpg-query';
import type { KnownTables } from '#domain/locks/prediction';
import { type FunctionName, mayBeVolatileAlone } from '#domain/locks/volatility';
import type { SqlStatement } from '#domain/migration/migration';
import { provesNotNull } from '#domain/sql/expressions';
import { nodeOf, nodesOf } from '#domain/sql/syntax';
import type { ReviewContext } from './context';
import { checksExcludeBound, checksProveBound } from './partition-bounds';
import { usesOfType } from './type-uses';
import { validChecks } from './valid-checks';

/** Between the arguments and the body; without a word a function is volatile. */
const isDeclaredStable = (definition: string) =>
  /\b(?:IMMUTABLE|STABLE)\b/i.test(definition.split(/^\s*(?:AS\b|RETURN\b|BEGIN ATOMIC)/im)[0] ?? '');

const isMadeStable = (statement: SqlStatement): boolean =>
  nodesOf(nodeOf(statement.node, 'CreateFunctionStmt')?.options, 'DefElem').some(
    ({ defname, arg }) => defname === 'volatility' && nodeOf(arg, 'String')?.sval !== 'volatile',
  );

/** Of the functions that the file makes or the database has, by their names: whether each is declared STABLE or IMMUTABLE. */
const declaredStable = ({ changes, objects }: ReviewContext, name: FunctionName): readonly boolean[] => {
  const made = changes.functions.filter((one) => one.name === name).map(({ statement }) => isMadeStable(statement));
  const known = objects
    .filter((one) => one.kind === 'function' && one.name === name)
    .map(({ object }) => isDeclaredStable(String(object.definition['definition'] ?? '')));
  return [...made, ...known];
};

/** A function of the team's own that may change rows: PostgreSQL lets no other write. */
export const mayWrite = (context: ReviewContext, name: FunctionName): boolean =>
  declaredStable(context, name).includes(false);

/** Of overloaded functions one that is volatile is enough. */
const mayBeVolatile = (context: ReviewContext, name: FunctionName): boolean => {
  const stable = declaredStable(context, name);
  return stable.length > 0 ? stable.includes(false) : mayBeVolatileAlone(name);
};

const definitionOf = ({ objects }: ReviewContext, kind: string, name: string) =>
  objects.find((one) => one.kind === kind && one.name === name)?.object.definition;

const hasNoNulls = (context: ReviewContext, known: string, column: string, checks: readonly Node[]): boolean => {
  const definition = definitionOf(context, 'column', `${known}.${column}`);
  const isRequired = definition?.['isNullable'] === false && definition['isNotNullValidated'] !== false;
  return isRequired || checks.some((check) => provesNotNull(check, column));
};

/** `originalOf` gives a table's name in the database. */
export const knownTables = (
  context: ReviewContext,
  statement: SqlStatement,
  originalOf: (table: string) => string,
): Omit<KnownTables, 'columnType' | 'tableOfIndex'> => {
  const checksOf = (table: string) => validChecks(context, { known: originalOf(table), table, statement });
  const textOf = (table: string, field: string) => {
    const value = definitionOf(context, 'table', originalOf(table))?.[field];
    return typeof value === 'string' ? value : null;
  };
  return {
    hasNoNulls: (table, column) => hasNoNulls(context, originalOf(table), column, checksOf(table)),
    mayBeVolatile: (name) => mayBeVolatile(context, name),
    isConstrained: (type) => {
      const name = type.includes('.') ? type : `public.${type}`;
      const domain = definitionOf(context, 'type', name);
      const isDomain = context.objects.some((one) => one.object.kind === 'domain' && one.name === name);
      const checks = context.objects.some((one) => one.kind === 'domain constraint' && one.name.startsWith(`${name}.`));
      return isDomain && (domain?.['isNullable'] === false || checks);
    },
    defaultPartitionOf: (table) => {
      const parent = originalOf(table);
      const found = context.objects.find(
        ({ kind, object: { definition } }) =>
          kind === 'table' && definition['partitionOf'] === parent && definition['partitionBound'] === 'DEFAULT',
      );
      return found?.name ?? null;
    },
    provesBound: (partition, parent, bound) => {
      const checks = checksOf(partition);
      const column = checksProveBound(checks, bound, textOf(parent, 'partitionKey'));
      return column !== null && hasNoNulls(context, originalOf(partition), column, checks);
    },
    provesNoRowOf: (partition, parent, bound) =>
      checksExcludeBound(checksOf(partition), bound, textOf(parent, 'partitionKey')),
    tablesWithType: (type) => usesOfType(context, type).map(({ table }) => table),
  };
};
