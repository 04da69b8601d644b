/** The objects that statements create, with what would take each of them away. */
import type { Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, qualified, relationName, stringsOf } from '#domain/sql/syntax';
import type { Changes } from './change';
import { namesGivenByPostgres } from './given-names';
import { flatten } from './nested-statements';

export type SchemaObject = {
  /** PostgreSQL's word, as in DROP: `table`, `index`, `function`, `type`, … */
  readonly kind: string;
  /** `schema.name`; for what belongs to a table `schema.table.name`; for what has no schema its name. */
  readonly identity: string;
  /** The table it goes with when that is dropped; null for what stands alone. */
  readonly table: string | null;
  /** Columns of that table, any of which takes it along when dropped. */
  readonly columns: readonly string[];
  readonly line: number;
  readonly statement: SqlStatement;
};

type Named = Pick<SchemaObject, 'kind' | 'identity'> & Partial<Pick<SchemaObject, 'table' | 'columns'>>;

const ownedBy = (options: readonly Node[] | undefined): string | null => {
  const owner = nodesOf(options, 'DefElem').find(({ defname }) => defname === 'owned_by')?.arg;
  const column = stringsOf(nodeOf(owner, 'List')?.items);
  return column.length > 1 ? qualified(column.slice(0, -1)) : null;
};

const definedKinds: Readonly<Record<string, string>> = {
  OBJECT_AGGREGATE: 'function',
  OBJECT_OPERATOR: 'operator',
  OBJECT_TYPE: 'type',
  OBJECT_COLLATION: 'collation',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
};

const named = (kind: string, identity: string | undefined): readonly Named[] => [{ kind, identity: identity ?? '' }];

const onTable = (kind: string, table: string, name: string | undefined): readonly Named[] => [
  { kind, identity: `${table}.${name ?? ''}`, table },
];

/** By kind of statement; tables' elements and indexes come out of the changes instead. */
const creations: Readonly<Record<string, (node: Node) => readonly Named[]>> = {
  CreateStmt: (node) => named('table', relationName(nodeOf(node, 'CreateStmt')?.relation)),
  CreateForeignTableStmt: (node) =>
    named('foreign table', relationName(nodeOf(node, 'CreateForeignTableStmt')?.base?.relation)),
  CreateTableAsStmt: (node) => {
    const created = nodeOf(node, 'CreateTableAsStmt');
    return named(
      created?.objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table',
      relationName(created?.into?.rel),
    );
  },
  // SELECT … INTO is CREATE TABLE … AS.
  SelectStmt: (node) => {
    const into = nodeOf(node, 'SelectStmt')?.intoClause;
    return into ? named('table', relationName(into.rel)) : [];
  },
  ViewStmt: (node) => named('view', relationName(nodeOf(node, 'ViewStmt')?.view)),
  CreateSeqStmt: (node) => {
    const created = nodeOf(node, 'CreateSeqStmt');
    return [{ kind: 'sequence', identity: relationName(created?.sequence), table: ownedBy(created?.options) }];
  },
  CreateFunctionStmt: (node) => named('function', qualified(stringsOf(nodeOf(node, 'CreateFunctionStmt')?.funcname))),
  CreateTrigStmt: (node) => {
    const created = nodeOf(node, 'CreateTrigStmt');
    return onTable('trigger', relationName(created?.relation), created?.trigname);
  },
  CreatePolicyStmt: (node) => {
    const created = nodeOf(node, 'CreatePolicyStmt');
    return onTable('policy', relationName(created?.table), created?.policy_name);
  },
  RuleStmt: (node) => {
    const created = nodeOf(node, 'RuleStmt');
    return onTable('rule', relationName(created?.relation), created?.rulename);
  },
  CreateEnumStmt: (node) => named('type', qualified(stringsOf(nodeOf(node, 'CreateEnumStmt')?.typeName))),
  CreateRangeStmt: (node) => named('type', qualified(stringsOf(nodeOf(node, 'CreateRangeStmt')?.typeName))),
  CompositeTypeStmt: (node) => named('type', relationName(nodeOf(node, 'CompositeTypeStmt')?.typevar)),
  CreateDomainStmt: (node) => named('type', qualified(stringsOf(nodeOf(node, 'CreateDomainStmt')?.domainname))),
  CreateSchemaStmt: (node) => named('schema', nodeOf(node, 'CreateSchemaStmt')?.schemaname),
  CreateExtensionStmt: (node) => named('extension', nodeOf(node, 'CreateExtensionStmt')?.extname),
  CreateStatsStmt: (node) => {
    const created = nodeOf(node, 'CreateStatsStmt');
    const table = nodesOf(created?.relations, 'RangeVar').map(relationName)[0] ?? null;
    return [{ kind: 'statistics', identity: qualified(stringsOf(created?.defnames)), table }];
  },
  CreatePublicationStmt: (node) => named('publication', nodeOf(node, 'CreatePublicationStmt')?.pubname),
  CreateEventTrigStmt: (node) => named('event trigger', nodeOf(node, 'CreateEventTrigStmt')?.trigname),
  CreateFdwStmt: (node) => named('foreign data wrapper', nodeOf(node, 'CreateFdwStmt')?.fdwname),
  CreateForeignServerStmt: (node) => named('server', nodeOf(node, 'CreateForeignServerStmt')?.servername),
  CreateRoleStmt: (node) => named('role', nodeOf(node, 'CreateRoleStmt')?.role),
  DefineStmt: (node) => {
    const defined = nodeOf(node, 'DefineStmt');
    return named(definedKinds[defined?.kind ?? ''] ?? 'object', qualified(stringsOf(defined?.defnames)));
  },
};

/** Statement kinds that create something this module has no name for, such as casts. */
export const isUnknownCreation = ({ kind }: SqlStatement): boolean =>
  /^(?:Create|Define)/.test(kind) && !(kind in creations);

const objectFrom = (statement: SqlStatement, { kind, identity, table = null, columns = [] }: Named): SchemaObject => ({
  kind,
  identity,
  table,
  columns,
  line: statement.line,
  statement,
});

/** Columns and constraints only where the table itself is not new: with a new table they come and go. */
const addedElements = ({ columns, constraints, indexes }: Changes): readonly SchemaObject[] => {
  const given = namesGivenByPostgres({ constraints, indexes });
  return [
    ...columns
      .filter(({ isNewTable }) => !isNewTable)
      .map(({ table, name, line, statement }) => ({
        kind: 'column',
        identity: `${table}.${name}`,
        table,
        columns: [name],
        line,
        statement,
      })),
    ...constraints
      .filter(({ isNewTable }) => !isNewTable)
      .map((constraint) => ({
        kind: 'constraint',
        table: constraint.table,
        columns: constraint.columns,
        line: constraint.line,
        identity: `${constraint.table}.${constraint.name ?? given.get(constraint)}`,
        statement: constraint.statement,
      })),
    ...indexes.map((index) => ({
      kind: 'index',
      identity: `${index.table.split('.')[0]}.${index.name ?? given.get(index)}`,
      table: index.table,
      columns: index.columns.filter((column) => column !== null),
      line: index.line,
      statement: index.statement,
    })),
  ];
};

/** Everything the statements create, in the file's order of lines. */
export const createdObjects = (statements: readonly SqlStatement[], changes: Changes): readonly SchemaObject[] =>
  [
    ...flatten(statements).flatMap((statement) =>
      (creations[statement.kind]?.(statement.node as Node) ?? []).map((one) => objectFrom(statement, one)),
    ),
    ...addedElements(changes),
  ].sort((one, other) => one.line - other.line);
