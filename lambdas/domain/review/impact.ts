/** What each statement does to existing tables: predicted locks, work and time. */
import { estimateMs } from '#domain/locks/estimate';
import { predictLocks } from '#domain/locks/predict-locks';
import type { PredictedLock } from '#domain/locks/prediction';
import type { SqlStatement } from '#domain/migration/migration';
import { splitIntoUnits } from '#domain/migration/units';
import { isTemporary } from '#domain/sql/syntax';
import type { ReviewContext } from './context';
import { knownTables } from './known-tables';
import { once } from './once';
import { followNames, type TableNames } from './original-names';
import { columnType } from './tables-after';

export type StatementImpact = {
  readonly statement: SqlStatement;
  /** Position in the file of the first statement of its unit. */
  readonly unitAt: number;
  /** On existing tables, by the names that they had before the migration. */
  readonly locks: readonly PredictedLock[];
  /** Null when the size of a table it works on is not known. */
  readonly estimatedMs: number | null;
  /** From this statement to the commit, which is how long its locks are held; null when not known. */
  readonly heldMs: number | null;
};

/** By the name that the table has when that statement begins. */
const tableOfIndex = (
  { existing, changes }: ReviewContext,
  names: TableNames,
  at: number,
  index: string,
): string | null => {
  const [schema, name] = index.split('.');
  const found = [...existing].find(
    ([table, { indexes }]) => table.startsWith(`${schema}.`) && indexes.some((one) => one.name === name),
  );
  return found ? names.current(found[0], at) : (changes.indexes.find((one) => one.name === name)?.table ?? null);
};

/** The slowest work of a statement; a statement that touches no existing table changes the catalog only. */
const estimateOf = ({ workBytes }: ReviewContext, locks: readonly PredictedLock[]): number | null =>
  locks.reduce<number | null>(
    (slowest, { table, work }) => {
      const estimate = estimateMs(work, workBytes(table));
      return slowest === null || estimate === null ? null : Math.max(slowest, estimate);
    },
    estimateMs('none', null),
  );

/** A view reads the tables that its definition names; what else is read, such as the system's catalogs, is nobody's table. */
const tablesRead = ({ existing, dependentsOf }: ReviewContext, relation: string): readonly string[] =>
  existing.has(relation)
    ? [relation]
    : [...existing.keys()].filter((table) => dependentsOf(table).includes(`view ${relation}`));

const isRead = ({ mode }: PredictedLock) => mode === 'AccessShareLock';

/** One entry per statement, in the file's order. */
export const impactsOf = once((context: ReviewContext): readonly StatementImpact[] => {
  const { migration, changes, up } = context;
  const names = followNames(migration.statements, up.created);
  const before = { ...context, changes: { ...changes, columns: [] } };
  const locksOf = (statement: SqlStatement) => {
    const at = statement.index;
    const known = {
      ...knownTables(context, statement, (table) => names.original(table, at) ?? table),
      columnType: (table: string, column: string) => columnType(before, names.original(table, at) ?? table, column),
      tableOfIndex: (index: string) => tableOfIndex(context, names, at, index),
    };
    return predictLocks(statement, known).flatMap((lock) => {
      const table = names.original(lock.table, at);
      if (table === null || isTemporary(table)) return [];
      return (isRead(lock) ? tablesRead(context, table) : [table]).map((one) => ({ ...lock, table: one }));
    });
  };
  const impactsOfUnit = (statements: readonly SqlStatement[]) => {
    let heldMs: number | null = 0;
    const unitAt = statements[0]?.index ?? 0;
    return [...statements]
      .reverse()
      .map((statement) => {
        const locks = locksOf(statement);
        const estimatedMs = estimateOf(context, locks);
        heldMs = heldMs === null || estimatedMs === null ? null : heldMs + estimatedMs;
        return { statement, unitAt, locks, estimatedMs, heldMs };
      })
      .reverse();
  };
  return splitIntoUnits(migration.statements).flatMap(({ statements }) => impactsOfUnit(statements));
});

/** The tables of all impacts, each once, sorted; those that are only read are left as they are. */
export const affectedTables = (context: ReviewContext): readonly string[] => {
  const locks = impactsOf(context).flatMap((impact) => impact.locks);
  return [...new Set(locks.filter((lock) => !isRead(lock)).map(({ table }) => table))].sort();
};
