/** Locks on rows, as PostgreSQL grades them (documentation, "Row-level Locks"), and those that a statement's text asks for. */
import type { LockingClause, Node, RangeVar, SelectStmt } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, relationName, walk } from '#domain/sql/syntax';

/** Strongest first. Readers pass all of them. */
export const rowStrengths = ['FOR UPDATE', 'FOR NO KEY UPDATE', 'FOR SHARE', 'FOR KEY SHARE'] as const;

export type RowStrength = (typeof rowStrengths)[number];

/** Rows that a statement locks without writing them. */
export type AskedRows = {
  /** `schema.table`. */
  readonly table: string;
  readonly strength: RowStrength;
  /** How many there were can be read from the number of rows that the statement returned. */
  readonly isReturned: boolean;
};

const strengths: Readonly<Record<string, RowStrength>> = {
  LCS_FORUPDATE: 'FOR UPDATE',
  LCS_FORNOKEYUPDATE: 'FOR NO KEY UPDATE',
  LCS_FORSHARE: 'FOR SHARE',
  LCS_FORKEYSHARE: 'FOR KEY SHARE',
};

const tablesIn = (from: readonly Node[] | undefined): readonly RangeVar[] => {
  const tables: RangeVar[] = [];
  walk({ from }, (kind, content) => {
    if (kind === 'RangeVar') tables.push(content as RangeVar);
  });
  return tables;
};

/** OF names a table as the query does: by its alias where it has one. */
const isNamed = (table: RangeVar, { lockedRels }: LockingClause) =>
  (lockedRels ?? []).length === 0 ||
  nodesOf(lockedRels, 'RangeVar').some(({ relname }) => relname === (table.alias?.aliasname ?? table.relname));

const askedBy = (select: SelectStmt, isReturned: boolean): readonly AskedRows[] =>
  nodesOf(select.lockingClause, 'LockingClause').flatMap((clause) =>
    tablesIn(select.fromClause)
      .filter((table) => isNamed(table, clause))
      .map((table) => ({
        table: relationName(table),
        strength: strengths[clause.strength ?? ''] ?? 'FOR UPDATE',
        // What OFFSET passes over is locked too.
        isReturned: isReturned && select.limitOffset === undefined,
      })),
  );

/** ON CONFLICT … DO UPDATE … WHERE locks also the rows that it then leaves alone. */
const inConflict = (node: Node): readonly AskedRows[] => {
  const insert = nodeOf(node, 'InsertStmt');
  return insert?.onConflictClause?.action === 'ONCONFLICT_UPDATE' && insert.onConflictClause.whereClause
    ? [{ table: relationName(insert.relation), strength: 'FOR NO KEY UPDATE', isReturned: false }]
    : [];
};

/** What a view or a rule asks for is asked when it is used. */
const running = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CreateTableAsStmt'];

/**
 * The rows that a statement locks because its text says so: SELECT … FOR UPDATE and its kin, wherever they stand in it.
 *
 * @example
 * // SELECT id FROM jobs WHERE done FOR UPDATE
 * askedRows(statement) // [{ table: 'public.jobs', strength: 'FOR UPDATE', isReturned: true }]
 */
export const askedRows = ({ kind: verb, node }: Pick<SqlStatement, 'kind' | 'node'>): readonly AskedRows[] => {
  if (!running.includes(verb)) return [];
  const top = nodeOf(node, 'SelectStmt');
  const asked: AskedRows[] = [...inConflict(node as Node)];
  walk(node, (kind, content) => {
    if (kind === 'SelectStmt') asked.push(...askedBy(content as SelectStmt, content === (top as unknown)));
  });
  return asked;
};
