/** Predicts the locks that a statement takes on tables from its syntax tree; the dry run measures the real ones. */
import type { AlterTableCmd, Node, RangeVar } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { outsideTransaction } from '#domain/sql/outside-transaction';
import { nodeOf, nodesOf, qualified, relationName, stringsOf, walk } from '#domain/sql/syntax';
import { lockOf, type TableWork } from './alter-table-locks';
import { type LockMode, lockModes } from './lock-modes';
import type { KnownTables, PredictedLock } from './prediction';
import { askedRows } from './row-locks';
import { mayBeVolatileAlone } from './volatility';

const lock = (table: string, mode: LockMode, work: TableWork = 'none'): readonly PredictedLock[] => [
  { table, mode, work },
];

const referencedTables = (elements: readonly Node[] | undefined): readonly string[] =>
  (elements ?? []).flatMap((element) =>
    [nodeOf(element, 'Constraint'), ...nodesOf(nodeOf(element, 'ColumnDef')?.constraints, 'Constraint')].flatMap(
      (constraint) => (constraint?.pktable ? [relationName(constraint.pktable)] : []),
    ),
  );

/** Adding a foreign key adds triggers to the referenced table. */
const onReferenced = (elements: readonly Node[] | undefined) =>
  referencedTables(elements).flatMap((table) => lock(table, 'ShareRowExclusiveLock'));

/** The default partition is read through under the strongest lock: rows of the new partition must not be in it. */
const defaultPartitionLocks = (
  parent: string,
  bound: Node | undefined,
  tables: KnownTables,
): readonly PredictedLock[] => {
  const other = tables.defaultPartitionOf?.(parent) ?? null;
  if (other === null || nodeOf(bound, 'PartitionBoundSpec')?.is_default) return [];
  const isProved = tables.provesNoRowOf?.(other, parent, bound) ?? false;
  return lock(other, 'AccessExclusiveLock', isProved ? 'none' : 'scan');
};

/** Every table with a column of the type; DROP and RENAME do not look at rows. */
const typeLocks = (names: readonly Node[] | undefined, tables: KnownTables, mode: LockMode, work: TableWork) =>
  (tables.tablesWithType?.(qualified(stringsOf(names))) ?? []).flatMap((table) => lock(table, mode, work));

/** ALTER DOMAIN checks the rows of all tables that use it (typecmds.c, validateDomainCheckConstraint): their writers wait. */
const domainLocks = (node: Node, tables: KnownTables): readonly PredictedLock[] => {
  const altered = nodeOf(node, 'AlterDomainStmt');
  const constraint = nodeOf(altered?.def, 'Constraint');
  const checks =
    altered?.subtype === 'V' || altered?.subtype === 'O' || (altered?.subtype === 'C' && !constraint?.skip_validation);
  return checks ? typeLocks(altered.typeName, tables, 'ShareLock', 'scan') : [];
};

const alterLocks = (table: string, command: AlterTableCmd, tables: KnownTables): readonly PredictedLock[] => {
  const { mode, work } = lockOf(command, {
    currentType: tables.columnType(table, command.name ?? ''),
    hasNoNulls: tables.hasNoNulls?.(table, command.name ?? '') ?? false,
    mayBeVolatile: (name) => tables.mayBeVolatile?.(name) ?? mayBeVolatileAlone(name),
    isConstrained: (type) => tables.isConstrained?.(type) ?? false,
  });
  const { name: partition, concurrent, bound } = nodeOf(command.def, 'PartitionCmd') ?? {};
  const isAttached = command.subtype === 'AT_AttachPartition';
  const boundNode = bound && ({ PartitionBoundSpec: bound } as Node);
  const isProved = isAttached && (tables.provesBound?.(relationName(partition), table, boundNode) ?? false);
  return [
    ...lock(table, concurrent ? 'ShareUpdateExclusiveLock' : mode, work),
    ...(command.def ? onReferenced([command.def]) : []),
    ...(partition
      ? lock(relationName(partition), 'AccessExclusiveLock', isAttached && !isProved ? 'scan' : 'none')
      : []),
    ...(isAttached ? defaultPartitionLocks(table, boundNode, tables) : []),
  ];
};

/** CASCADE carries a change of a composite type on to the tables that are made of it. */
const compositeLocks = (node: Node, tables: KnownTables): readonly PredictedLock[] => {
  const altered = nodeOf(node, 'AlterTableStmt');
  const commands = nodesOf(altered?.cmds, 'AlterTableCmd');
  const rewrites = commands.some(({ subtype }) => subtype === 'AT_AlterColumnType');
  return (tables.tablesWithType?.(relationName(altered?.relation)) ?? []).flatMap((table) =>
    lock(table, 'AccessExclusiveLock', rewrites ? 'rewrite' : 'none'),
  );
};

const dropLocks = (node: Node, tables: KnownTables): readonly PredictedLock[] => {
  const drop = nodeOf(node, 'DropStmt');
  const names = nodesOf(drop?.objects, 'List').map(({ items }) => stringsOf(items));
  if (drop?.removeType === 'OBJECT_TABLE') return names.flatMap((name) => lock(qualified(name), 'AccessExclusiveLock'));
  if (drop?.removeType === 'OBJECT_INDEX')
    return names.flatMap((name) => {
      const table = tables.tableOfIndex(qualified(name));
      return table === null ? [] : lock(table, drop.concurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock');
    });
  const isPartOfTable = ['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'].includes(drop?.removeType ?? '');
  return isPartOfTable ? names.flatMap((name) => lock(qualified(name.slice(0, -1)), 'AccessExclusiveLock')) : [];
};

const commentLocks = (node: Node): readonly PredictedLock[] => {
  const comment = nodeOf(node, 'CommentStmt');
  const name = stringsOf(nodeOf(comment?.object, 'List')?.items);
  if (comment?.objtype === 'OBJECT_TABLE') return lock(qualified(name), 'ShareUpdateExclusiveLock');
  return comment?.objtype === 'OBJECT_COLUMN' ? lock(qualified(name.slice(0, -1)), 'ShareUpdateExclusiveLock') : [];
};

const renameLocks = (node: Node): readonly PredictedLock[] => {
  const rename = nodeOf(node, 'RenameStmt');
  const isIndex = rename?.renameType === 'OBJECT_INDEX';
  return rename?.relation && !isIndex ? lock(relationName(rename.relation), 'AccessExclusiveLock') : [];
};

const createLocks = (node: Node, tables: KnownTables): readonly PredictedLock[] => {
  const created = nodeOf(node, 'CreateStmt');
  const [parent] = nodesOf(created?.inhRelations, 'RangeVar').map(relationName);
  const bound = created?.partbound && ({ PartitionBoundSpec: created.partbound } as Node);
  const parentMode: LockMode = created?.partbound ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock';
  return [
    ...onReferenced(created?.tableElts),
    ...nodesOf(created?.inhRelations, 'RangeVar').flatMap((one) => lock(relationName(one), parentMode)),
    ...(bound && parent ? defaultPartitionLocks(parent, bound, tables) : []),
  ];
};

const ifNamed = (relation: Parameters<typeof relationName>[0], mode: LockMode, work: TableWork = 'none') =>
  relation ? lock(relationName(relation), mode, work) : [];

/** CONCURRENTLY lets writers pass. */
const buildMode = (node: Node): LockMode =>
  outsideTransaction(node)?.letsOthersPass ? 'ShareUpdateExclusiveLock' : 'ShareLock';

/** Of tables and views in FROM, USING and subqueries; the one that is written to is not among them. */
const readLocks = (node: Node): readonly PredictedLock[] => {
  const named: RangeVar[] = [];
  const withQueries = new Set<unknown>();
  walk(node, (kind, content) => {
    if (kind === 'RangeVar') named.push(content as RangeVar);
    if (kind === 'CommonTableExpr') withQueries.add(content['ctename']);
  });
  return named
    .filter(({ schemaname, relname }) => schemaname || !withQueries.has(relname))
    .flatMap((relation) => lock(relationName(relation), 'AccessShareLock', 'scan'));
};

/** Rows that are inserted are the statement's own, not the table's: their number has nothing to do with the table's size. */
const workOfWriting: Readonly<Record<string, TableWork>> = {
  InsertStmt: 'none',
  UpdateStmt: 'rows',
  DeleteStmt: 'rows',
  MergeStmt: 'rows',
};

/** Also of what WITH writes. */
const writeLocks = (node: Node): readonly PredictedLock[] => {
  const written: PredictedLock[] = [];
  walk(node, (kind, content) => {
    const work = workOfWriting[kind];
    if (work) written.push(...ifNamed(content['relation'] as RangeVar | undefined, 'RowExclusiveLock', work));
  });
  return written;
};

const writeAndRead = (node: Node): readonly PredictedLock[] => [...writeLocks(node), ...readLocks(node)];

type Predict = (node: Node, tables: KnownTables) => readonly PredictedLock[];

const predictions: Readonly<Record<string, Predict>> = {
  CreateStmt: createLocks,
  AlterTableStmt: (node, tables) => {
    const altered = nodeOf(node, 'AlterTableStmt');
    if (altered?.objtype === 'OBJECT_TYPE') return compositeLocks(node, tables);
    return altered?.objtype === 'OBJECT_TABLE'
      ? nodesOf(altered.cmds, 'AlterTableCmd').flatMap((command) =>
          alterLocks(relationName(altered.relation), command, tables),
        )
      : [];
  },
  IndexStmt: (node) => ifNamed(nodeOf(node, 'IndexStmt')?.relation, buildMode(node), 'index build'),
  ReindexStmt: (node) => ifNamed(nodeOf(node, 'ReindexStmt')?.relation, buildMode(node), 'index build'),
  VacuumStmt: (node) =>
    nodesOf(nodeOf(node, 'VacuumStmt')?.rels, 'VacuumRelation').flatMap(({ relation }) =>
      outsideTransaction(node)?.letsOthersPass === false
        ? ifNamed(relation, 'AccessExclusiveLock', 'rewrite')
        : ifNamed(relation, 'ShareUpdateExclusiveLock'),
    ),
  CreateTrigStmt: (node) => ifNamed(nodeOf(node, 'CreateTrigStmt')?.relation, 'ShareRowExclusiveLock'),
  CreatePolicyStmt: (node) => ifNamed(nodeOf(node, 'CreatePolicyStmt')?.table, 'AccessExclusiveLock'),
  AlterPolicyStmt: (node) => ifNamed(nodeOf(node, 'AlterPolicyStmt')?.table, 'AccessExclusiveLock'),
  RuleStmt: (node) => ifNamed(nodeOf(node, 'RuleStmt')?.relation, 'AccessExclusiveLock'),
  CreateStatsStmt: (node) =>
    nodesOf(nodeOf(node, 'CreateStatsStmt')?.relations, 'RangeVar').flatMap((one) =>
      ifNamed(one, 'ShareUpdateExclusiveLock'),
    ),
  AlterDomainStmt: domainLocks,
  DropStmt: dropLocks,
  RenameStmt: renameLocks,
  AlterObjectSchemaStmt: (node) => ifNamed(nodeOf(node, 'AlterObjectSchemaStmt')?.relation, 'AccessExclusiveLock'),
  CommentStmt: commentLocks,
  TruncateStmt: (node) =>
    nodesOf(nodeOf(node, 'TruncateStmt')?.relations, 'RangeVar').flatMap((one) => ifNamed(one, 'AccessExclusiveLock')),
  ClusterStmt: (node) => ifNamed(nodeOf(node, 'ClusterStmt')?.relation, 'AccessExclusiveLock', 'rewrite'),
  LockStmt: (node) => {
    const taken = nodeOf(node, 'LockStmt');
    // The tree counts the modes from 1.
    const mode = lockModes[(taken?.mode ?? 0) - 1] ?? 'AccessExclusiveLock';
    return nodesOf(taken?.relations, 'RangeVar').flatMap((one) => ifNamed(one, mode));
  },
  CreateTableAsStmt: (node) => (nodeOf(node, 'CreateTableAsStmt')?.into?.skipData ? [] : readLocks(node)),
  SelectStmt: (node) => {
    const select = nodeOf(node, 'SelectStmt');
    const isLocking = askedRows({ kind: 'SelectStmt', node }).length > 0;
    const written = writeLocks(node);
    return select?.intoClause || isLocking || written.length > 0
      ? [...written, ...readLocks(node).map((one) => (isLocking ? { ...one, mode: 'RowShareLock' as const } : one))]
      : [];
  },
  InsertStmt: writeAndRead,
  UpdateStmt: writeAndRead,
  DeleteStmt: writeAndRead,
  MergeStmt: writeAndRead,
};

/** `kind` is the syntax tree's word for the statement; what a block of code or a procedure does cannot be read from it. */
export const isUnseenCode = (kind: string): boolean => kind === 'DoStmt' || kind === 'CallStmt';

/**
 * Predicts the locks of a statement: one entry per table, with its strongest lock and its heaviest work; a statement that locks
 * no table gives nothing.
 *
 * @example
 * // ALTER TABLE jobs ADD COLUMN note text
 * predictLocks(statement, tables) // [{ table: 'public.jobs', mode: 'AccessExclusiveLock', work: 'none' }]
 */
export const predictLocks = ({ kind, node }: SqlStatement, tables: KnownTables): readonly PredictedLock[] => {
  const strongest = new Map<string, PredictedLock>();
  for (const taken of predictions[kind]?.(node as Node, tables) ?? []) {
    const other = strongest.get(taken.table);
    const mode = other && lockModes.indexOf(other.mode) > lockModes.indexOf(taken.mode) ? other.mode : taken.mode;
    const work = other && weight[other.work] > weight[taken.work] ? other.work : taken.work;
    strongest.set(taken.table, { table: taken.table, mode, work });
  }
  return [...strongest.values()];
};

const weight: Readonly<Record<TableWork, number>> = { none: 0, scan: 1, rows: 2, 'index build': 3, rewrite: 4 };
