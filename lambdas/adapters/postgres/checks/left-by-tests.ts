/** Finds what tests left behind although their transaction was rolled back; a second session watches. */
import { count } from '#domain/count';
import type { Database } from '#lambdas/ports/database';
import type { Session } from '../session/session';
import { putSequencesBack, readSequences, type SequenceValues } from './sequence-values';

type OtherSession = { pid: number; isIdleSince: string | null };

export type StateBefore = {
  readonly at: string;
  readonly others: readonly number[];
  readonly sequences: SequenceValues;
};

/** The effects of the test transaction, read right before its rollback. */
export type TestTransaction = {
  /** Null when it has written nothing. */
  readonly transactionId: string | null;
  /** oids of the tables it wrote to. */
  readonly touched: readonly number[];
};

/** 1 GB: counting takes about a second. For larger tables only the status of the transaction counts. */
const countedBytes = 1e9;

// Sessions of ours are left out: none of them writes while the tests run. A null state is one that the role may not see.
const othersQuery = `
SELECT pid, CASE WHEN state = 'idle' THEN state_change::text END AS "isIdleSince"
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND usesysid IS NOT NULL
  AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name NOT LIKE 'migration-checklist%'`;

/** Leaves the witness in a transaction with a current snapshot; it holds no lock that could block a test. */
export const stateBefore = async (witness: Session): Promise<StateBefore> => {
  const { rows } = await witness.query<{ at: string }>('SELECT pg_catalog.clock_timestamp()::text AS at');
  const others = await witness.query<OtherSession>(othersQuery);
  const sequences = await readSequences(witness);
  await witness.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_catalog.txid_current_snapshot()');
  return { at: rows[0]?.at ?? '', others: others.rows.map(({ pid }) => pid), sequences };
};

/** To be called with the search_path hidden, at the end of the test transaction. */
export const readTestTransaction = async (session: Session): Promise<TestTransaction> => {
  const { rows } = await session.query<TestTransaction>(
    `SELECT pg_catalog.pg_current_xact_id_if_assigned()::text AS "transactionId",
            array(SELECT relid FROM pg_catalog.pg_stat_xact_user_tables
                  WHERE n_tup_ins + n_tup_upd + n_tup_del > 0) AS touched`,
  );
  return rows[0] as TestTransaction;
};

type Counted = { readonly name: string; readonly rows: number };

const countRows = async (witness: Session, touched: readonly number[]): Promise<readonly Counted[]> => {
  const { rows: tables } = await witness.query<{ name: string; sql: string }>(
    `SELECT n.nspname || '.' || c.relname AS name,
            pg_catalog.format('SELECT count(*)::float8 AS rows FROM ONLY %I.%I', n.nspname, c.relname) AS sql
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY ($1::pg_catalog.oid[]) AND pg_catalog.pg_table_size(c.oid) < $2
       AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY 1`,
    [touched, countedBytes],
  );
  const counted: Counted[] = [];
  for (const { name, sql } of tables)
    counted.push({ name, rows: (await witness.query<{ rows: number }>(sql)).rows[0]?.rows ?? 0 });
  return counted;
};

/** True when no session but ours can have done anything since: each one there was idle all the time, and none has gone. */
const wasQuiet = async (witness: Session, { at, others }: StateBefore): Promise<boolean> => {
  const { rows } = await witness.query<{ pid: number; isQuiet: boolean }>(
    `SELECT pid, coalesce("isIdleSince"::timestamptz < $1::timestamptz, false) AS "isQuiet" FROM (${othersQuery}) AS other`,
    [at],
  );
  const quiet = rows.filter(({ isQuiet }) => isQuiet).map(({ pid }) => pid);
  return quiet.length === rows.length && others.every((pid) => quiet.includes(pid));
};

const committed = async (witness: Session, { transactionId, touched }: TestTransaction): Promise<readonly string[]> => {
  if (transactionId === null) return [];
  const { rows } = await witness.query<{ status: string }>(
    'SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8) AS status',
    [transactionId],
  );
  if (rows[0]?.status === 'aborted') return [];
  const tables = await countRows(witness, touched);
  return tables.map(({ name }) => `table ${name}: the tests' transaction was not rolled back but ${rows[0]?.status}`);
};

type LeftBehind = Pick<Awaited<ReturnType<Database['runChecks']>>, 'leftBehind' | 'compared'>;

const namesOf = async (witness: Session, tables: readonly number[]): Promise<readonly string[]> => {
  const { rows } = await witness.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::pg_catalog.oid[]) ORDER BY 1`,
    [tables],
  );
  return rows.map(({ name }) => name);
};

/**
 * Returns a few words for each table and sequence that changed, and what was compared; ends the witness's transaction.
 * A table counts when the test transaction did not abort, or when its row count changed and nobody but us was at work (a
 * trigger that writes through a connection of its own): rows that other sessions wrote meanwhile are not the tests'.
 */
export const findLeftBehind = async (
  witness: Session,
  user: Session,
  { before, tests }: { readonly before: StateBefore; readonly tests: TestTransaction },
): Promise<LeftBehind> => {
  const countsBefore = await countRows(witness, tests.touched);
  await witness.query('COMMIT');
  const countsAfter = new Map((await countRows(witness, tests.touched)).map(({ name, rows }) => [name, rows]));
  const after = await readSequences(witness);
  const isQuiet = await wasQuiet(witness, before);
  const changed = countsBefore
    .filter(({ name, rows }) => isQuiet && countsAfter.get(name) !== rows)
    .map(
      ({ name, rows }) => `table ${name}: ${count(rows, 'row')} before, ${countsAfter.get(name) ?? 'not there'} after`,
    );
  const rowsBefore = new Map(countsBefore.map(({ name, rows }) => [name, rows]));
  return {
    leftBehind: [
      ...(await committed(witness, tests)),
      ...changed,
      ...(await putSequencesBack(user, { before: before.sequences, after, isQuiet })),
    ],
    compared: {
      tables: (await namesOf(witness, tests.touched)).map((name) => ({
        name,
        rowsBefore: rowsBefore.get(name) ?? null,
        rowsAfter: countsAfter.get(name) ?? null,
      })),
      sequences: after.size,
    },
  };
};
