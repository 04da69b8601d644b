/** Statements of one database that PostgreSQL runs only outside a transaction: each commits by itself, some of them in steps. */
import type { Node } from 'libpg-query';
import { nodeOf, nodesOf } from './syntax';

/** How it is found out, after an interruption, what became of one; see `adapters/postgres/leftovers`. */
export type Interrupted = 'index build' | 'index drop' | 'index rebuild' | 'detach' | 'nothing left';

export type OutsideTransaction = {
  /** As people call it. */
  readonly name: string;
  readonly interrupted: Interrupted;
  /** True when readers and writers pass while it waits, so that it may wait for long. */
  readonly letsOthersPass: boolean;
};

/** A boolean option: alone it is on; else it says so with a word or a number, and the parser leaves a 0 out. */
const isOn = (options: readonly Node[] | undefined, name: string): boolean => {
  const found = nodesOf(options, 'DefElem').find(({ defname }) => defname === name);
  if (!found?.arg) return found !== undefined;
  const number = nodeOf(found.arg, 'Integer');
  return number ? Boolean(number.ival) : !['false', 'off'].includes(nodeOf(found.arg, 'String')?.sval ?? '');
};

const detaches = (node: Node) =>
  nodesOf(nodeOf(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').some(
    ({ def, subtype }) => subtype === 'AT_DetachPartition' && nodeOf(def, 'PartitionCmd')?.concurrent,
  );

const reindexed = (node: Node) => nodeOf(node, 'ReindexStmt');
const vacuumed = (node: Node) => (nodeOf(node, 'VacuumStmt')?.is_vacuumcmd ? nodeOf(node, 'VacuumStmt') : undefined);

type Recognised = OutsideTransaction & { applies(node: Node): unknown };

const several = ['REINDEX_OBJECT_SCHEMA', 'REINDEX_OBJECT_SYSTEM', 'REINDEX_OBJECT_DATABASE'];

// Each calls PreventInTransactionBlock in PostgreSQL's source. What only does so for a partitioned table (REINDEX, CLUSTER)
// cannot be seen in its text: the dry run fails with 25001, which says so.
const recognised: readonly Recognised[] = [
  {
    name: 'CREATE INDEX CONCURRENTLY',
    interrupted: 'index build',
    letsOthersPass: true,
    applies: (node) => nodeOf(node, 'IndexStmt')?.concurrent,
  },
  {
    name: 'DROP INDEX CONCURRENTLY',
    interrupted: 'index drop',
    letsOthersPass: true,
    applies: (node) => nodeOf(node, 'DropStmt')?.concurrent,
  },
  {
    name: 'REINDEX CONCURRENTLY',
    interrupted: 'index rebuild',
    letsOthersPass: true,
    applies: (node) => isOn(reindexed(node)?.params, 'concurrently'),
  },
  {
    name: 'REINDEX of a schema or database',
    interrupted: 'nothing left',
    letsOthersPass: false,
    applies: (node) => several.includes(reindexed(node)?.kind ?? ''),
  },
  {
    name: 'DETACH PARTITION CONCURRENTLY',
    interrupted: 'detach',
    letsOthersPass: true,
    applies: detaches,
  },
  {
    name: 'VACUUM FULL',
    interrupted: 'nothing left',
    letsOthersPass: false,
    applies: (node) => isOn(vacuumed(node)?.options, 'full'),
  },
  { name: 'VACUUM', interrupted: 'nothing left', letsOthersPass: true, applies: vacuumed },
  {
    name: 'CLUSTER of all tables',
    interrupted: 'nothing left',
    letsOthersPass: false,
    applies: (node) => nodeOf(node, 'ClusterStmt') && !nodeOf(node, 'ClusterStmt')?.relation,
  },
];

/**
 * Recognises a statement that runs only outside a transaction; null for one that can be part of a transaction.
 *
 * @example
 * outsideTransaction(node) // { name: 'CREATE INDEX CONCURRENTLY', interrupted: 'index build', letsOthersPass: true }
 */
export const outsideTransaction = (node: Node): OutsideTransaction | null => {
  const found = recognised.find(({ applies }) => applies(node));
  return found ? { name: found.name, interrupted: found.interrupted, letsOthersPass: found.letsOthersPass } : null;
};
