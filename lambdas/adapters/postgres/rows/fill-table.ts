/** Fills a table with rows that its constraints allow: PostgreSQL decides which of those that were put together it takes. */
import { allowedValuesSql, insertSql, parentsSql, rowInWords } from '#domain/rows/insert-sql';
import { type MadeRow, makeRows } from '#domain/rows/make-rows';
import { type Pool, poolsOf } from '#domain/rows/pools';
import type { ForeignKeyShape, TableShape } from '#domain/rows/shape';
import type { MadeTypes } from '#domain/rows/types';
import { isLostSession, type Session, sqlStateOf } from '../session/session';
import { serverWordsOfMadeRows } from '../session/statement-failure';

export type Filling = {
  readonly rows: number;
  /** One of them, for people; null when there is none. */
  readonly example: string | null;
  /** Why there is none, a clause; null otherwise. */
  readonly why: string | null;
};

export type FillRequest = {
  readonly count: number;
  /** How many rows the table has. */
  readonly start: number;
  /** Columns that stay without nulls. */
  readonly without: ReadonlySet<string>;
};

const none = (why: string): Filling => ({ rows: 0, example: null, why });

/** 15: of so many rows for each that is wanted, some fulfil checks over several columns. */
const candidatesForEach = 15;

/** 20: where every row is refused, by a trigger for example, the next ones are too. */
const mostRefused = 20;

/** The statement, and with it what deferred constraints say: in one message, undone as a whole when one of them fails. */
const attempt = async (session: Session, sql: string): Promise<number> => {
  await session.query('SAVEPOINT made_rows');
  try {
    const results: unknown = await session.query(`${sql}; SET CONSTRAINTS ALL IMMEDIATE`);
    await session.query('RELEASE SAVEPOINT made_rows');
    return (results as readonly { readonly rowCount: number | null }[])[0]?.rowCount ?? 0;
  } catch (error) {
    if (isLostSession(error)) throw error;
    await session.query('ROLLBACK TO SAVEPOINT made_rows');
    throw error;
  }
};

/** What only PostgreSQL can say; where it cannot, because a check fails with an error, nothing is left out here. */
const allowedPools = async (session: Session, pools: readonly Pool[]): Promise<readonly Pool[]> => {
  const sql = allowedValuesSql(pools);
  if (sql === null) return pools;
  await session.query('SAVEPOINT asked');
  try {
    const { rows } = await session.query<{ pool: number; value: number }>(sql);
    return pools.map((pool, at) =>
      pool.domainChecks.length + pool.ownChecks.length === 0
        ? pool
        : {
            ...pool,
            values: rows.filter((row) => row.pool === at).map(({ value }) => pool.values[value] ?? ''),
          },
    );
  } catch (error) {
    if (isLostSession(error)) throw error;
    await session.query('ROLLBACK TO SAVEPOINT asked');
    return pools;
  }
};

const readParents = async (
  session: Session,
  keys: readonly ForeignKeyShape[],
  most: number,
): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> => {
  const parents = new Map<string, readonly (readonly string[])[]>();
  for (const { name, parent, parentColumns } of keys) {
    const { rows } = await session.query<Record<string, string>>(parentsSql(parent, parentColumns, most));
    parents.set(
      name,
      rows.map((row) => parentColumns.map((_, at) => row[String(at)] ?? '')),
    );
  }
  return parents;
};

/** What the partitions take, each with what those above it ask; empty where one of them takes all. */
const partitionConditions = async (session: Session, { identity, isPartitioned }: TableShape) => {
  if (!isPartitioned) return { conditions: [], hasPartitions: true };
  const { rows } = await session.query<{ condition: string | null }>(
    `SELECT pg_catalog.pg_get_partition_constraintdef(relid) AS condition
     FROM pg_catalog.pg_partition_tree(${session.escapeLiteral(identity)}) WHERE isleaf AND level > 0`,
  );
  const conditions = rows.map(({ condition }) => condition);
  return {
    hasPartitions: rows.length > 0,
    conditions:
      conditions.includes(null) || rows.length === 0 ? [] : [conditions.map((one) => `(${one})`).join(' OR ')],
  };
};

/** A row that refers to its own table where nothing is yet refers to itself. */
const referringToItself = (shape: TableShape, pools: readonly Pool[], row: MadeRow): MadeRow => {
  const indexOf = (name: string) => pools.findIndex(({ column }) => column.name === name);
  const changed = [...row];
  for (const { parent, columns, parentColumns } of shape.foreignKeys) {
    if (parent !== shape.identity || !columns.every((name) => pools[indexOf(name)]?.isNullable === false)) continue;
    for (const [at, name] of columns.entries()) changed[indexOf(name)] = row[indexOf(parentColumns[at] ?? '')] ?? null;
  }
  return changed;
};

/** Why no row can be put together; null when one can. */
const obstacleIn = (
  shape: TableShape,
  pools: readonly Pool[],
  parents: ReadonlyMap<string, readonly unknown[]>,
): string | null => {
  const poolOf = (name: string) => pools.find(({ column }) => column.name === name);
  const keys = shape.foreignKeys.filter(({ isImplied }) => !isImplied);
  for (const { name, columns, parent, parentColumns } of keys) {
    if ((parents.get(name)?.length ?? 0) > 0 || !columns.every((column) => poolOf(column)?.isNullable === false))
      continue;
    if (parent !== shape.identity) return `each of its rows refers to one of ${parent}, which has none here`;
    if (!parentColumns.every(poolOf))
      return `each of its rows refers to one of itself by a column that PostgreSQL numbers (${parentColumns.join(', ')})`;
  }
  const referring = new Set(keys.flatMap(({ columns }) => columns));
  const without = pools.find(
    ({ column, values, isNullable }) => values.length === 0 && !isNullable && !referring.has(column.name),
  );
  if (!without) return null;
  const asked = [...without.domainChecks, ...without.ownChecks].join(' AND ');
  return `no value was found for its column ${without.column.written}${asked ? ` that fulfils ${asked}` : ''}`;
};

/** Row by row, where all at once were refused: the first refusal is the reason when none is taken. */
const fillOneByOne = async (
  session: Session,
  shape: TableShape,
  pools: readonly Pool[],
  rows: readonly MadeRow[],
  count: number,
): Promise<Filling> => {
  let [taken, refused] = [0, 0];
  let why: string | null = null;
  let example: string | null = null;
  for (const row of rows) {
    if (taken === count || (taken === 0 && refused === mostRefused)) break;
    try {
      const inserted = await attempt(
        session,
        insertSql(shape, pools, [row], { conditions: [], most: 1, leavesOutEqual: false }),
      );
      taken += inserted;
      if (inserted > 0) example ??= rowInWords(pools, row);
      else refused += 1;
    } catch (error) {
      if (sqlStateOf(error) === null) throw error;
      refused += 1;
      why ??= `PostgreSQL takes none of the rows that were tried: ${serverWordsOfMadeRows(error)}`;
    }
  }
  return taken > 0 ? { rows: taken, example, why: null } : none(why ?? 'a rule or a trigger lets no row in');
};

const insertAll = async (
  session: Session,
  shape: TableShape,
  pools: readonly Pool[],
  rows: readonly MadeRow[],
  { conditions, count }: { readonly conditions: readonly string[]; readonly count: number },
): Promise<Filling> => {
  if (pools.length > 0)
    try {
      const inserted = await attempt(
        session,
        insertSql(shape, pools, rows, { conditions, most: count, leavesOutEqual: true }),
      );
      if (inserted > 0) return { rows: inserted, example: rowInWords(pools, rows[0] ?? []), why: null };
    } catch (error) {
      if (sqlStateOf(error) === null) throw error;
    }
  const oneByOne = await fillOneByOne(session, shape, pools, rows, count);
  return oneByOne.rows > 0 || conditions.length === 0
    ? oneByOne
    : none(`of ${rows.length} rows that were tried none fulfils ${conditions.join(' AND ')}`);
};

/** In a transaction of ours. Errors: those of a lost session. */
export const fillTable = async (
  session: Session,
  shape: TableShape,
  types: MadeTypes,
  { count, start, without }: FillRequest,
): Promise<Filling> => {
  const wanted = poolsOf(shape, types, { start, count });
  if (wanted.obstacle !== null) return none(wanted.obstacle);
  const pools = await allowedPools(session, wanted.pools);
  const parents = await readParents(session, shape.foreignKeys, count);
  const obstacle = obstacleIn(shape, pools, parents);
  if (obstacle !== null) return none(obstacle);
  const partitions = await partitionConditions(session, shape);
  if (!partitions.hasPartitions) return none('it has no partition');
  const conditions = [...wanted.jointChecks, ...partitions.conditions];
  const candidates = conditions.length > 0 ? candidatesForEach * count : count;
  const rows = makeRows(shape, pools, { count: candidates, without, parents }).map((row) =>
    referringToItself(shape, pools, row),
  );
  return insertAll(session, shape, pools, rows, { conditions, count });
};
