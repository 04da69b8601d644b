/** Constraints that do nothing, and tables whose rows have no identity. */
import type { Node } from 'libpg-query';
import { outcomesOf } from '#domain/sql/outcomes';
import { nodeOf, qualified, stringsOf } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import { originIn } from '../names/name-book';
import type { Rule } from '../rule';
import { isAttached } from './timestamps';

type Check = { readonly what: string; readonly expression: Node | null; readonly line: number };

const ofDomain = (names: readonly Node[] | undefined, constraint: Node | undefined, line: number): readonly Check[] => {
  const { contype, conname, raw_expr: expression } = nodeOf(constraint, 'Constraint') ?? {};
  return contype === 'CONSTR_CHECK' && expression
    ? [{ what: `${conname ?? 'CHECK'} of domain ${qualified(stringsOf(names))}`, expression, line }]
    : [];
};

const checksIn = ({ changes, up }: ReviewContext): readonly Check[] => [
  ...changes.constraints
    .filter(({ kind }) => kind === 'check')
    .map(({ name, table, expression, line }) => ({ what: `${name ?? 'CHECK'} of ${table}`, expression, line })),
  ...up.flat.flatMap(({ node, line }) => {
    const [created, altered] = [nodeOf(node, 'CreateDomainStmt'), nodeOf(node, 'AlterDomainStmt')];
    return [
      ...(created?.constraints ?? []).flatMap((one) => ofDomain(created?.domainname, one, line)),
      ...ofDomain(altered?.typeName, altered?.def, line),
    ];
  }),
];

export const checkNeverRejects: Rule = {
  id: 'check-never-rejects',
  severity: 'stop',
  box: '2.4',
  title: 'A CHECK can never reject a row',
  why: 'A CHECK passes null as it passes true: = NULL, a list with NULL in it, or array_length() of an empty array, which is null, let everything through.',
  remedy:
    'Write a condition that is false for what must not get in: cardinality(a) > 0, a list without NULL, IS NOT NULL.',
  check: (context) =>
    checksIn(context)
      .filter(({ expression }) => expression !== null && !outcomesOf(expression).includes('false'))
      .map(({ what, expression, line }) => ({
        line,
        message: `the constraint ${what} can never reject a row: its condition is ${outcomesOf(expression ?? undefined).join(' or ')} for every value, and a CHECK passes both true and null`,
      })),
};

/** Created with their rows' columns in the file or by a query; a partition and a child have their parent's key or none. */
const tablesForRows = (context: ReviewContext) =>
  context.changes.tables.filter(({ name, parents, hasOwnColumns, statement }) => {
    const created = nodeOf(statement.node, 'CreateStmt');
    const isUnlogged = created?.relation?.relpersistence === 'u';
    const isForeign = statement.kind === 'CreateForeignTableStmt';
    return (
      parents.length === 0 &&
      (hasOwnColumns || !created) &&
      !isUnlogged &&
      !isForeign &&
      !isAttached(context, name) &&
      originIn(context.up.end, 'table', name) === 'file'
    );
  });

export const primaryKeyMissing: Rule = {
  id: 'primary-key-missing',
  severity: 'warn',
  box: '2.6',
  title: 'A new table has no primary key',
  why: 'Nothing tells its rows apart: logical replication refuses UPDATE and DELETE, and a row that came twice cannot be named. Temporary and unlogged tables and partitions are not looked at.',
  remedy: 'Give the table a primary key.',
  check: (context) =>
    tablesForRows(context)
      .filter(
        ({ name }) => !context.changes.constraints.some((one) => one.kind === 'primary key' && one.table === name),
      )
      .map(({ name, line }) => ({
        line,
        message: `${name} has no primary key: its rows cannot be told apart, and logical replication refuses UPDATE and DELETE of them`,
      })),
};

export const primaryKeyDropped: Rule = {
  id: 'primary-key-dropped',
  severity: 'stop',
  box: '3.2',
  title: 'A table loses its primary key',
  why: 'Its rows have no identity any more: logical replication refuses UPDATE and DELETE unless REPLICA IDENTITY says otherwise, ON CONFLICT finds no constraint, and two equal rows can get in.',
  remedy: 'Add the new primary key in the same statement.',
  check: ({ changes, existing }) =>
    changes.commands
      .filter(({ isNewTable }) => !isNewTable)
      .flatMap(({ table, command, line }) => {
        const { primaryKey = [], indexes = [] } = existing.get(table) ?? {};
        const key = indexes.find(({ columns }) => columns.join() === primaryKey.join())?.name;
        const drops =
          primaryKey.length > 0 &&
          ((command.subtype === 'AT_DropConstraint' && command.name === key) ||
            (command.subtype === 'AT_DropColumn' && primaryKey.includes(command.name ?? '')));
        const isReplaced = changes.constraints.some((one) => one.kind === 'primary key' && one.table === table);
        return drops && !isReplaced
          ? [
              {
                line,
                message: `${table} loses its primary key (${primaryKey.join(', ')}): its rows have no identity any more, and logical replication refuses UPDATE and DELETE of them`,
              },
            ]
          : [];
      }),
};
