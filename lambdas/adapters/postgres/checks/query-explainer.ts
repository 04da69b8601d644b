/** Explains and times declared queries, without changing anything. */
import pg, { type QueryConfig } from 'pg';
import type { DeclaredQuery, QueriedTable, QueryResult } from '#domain/checks/checks';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { namingBlockers } from '../apply/blocking-sessions';
import { applicationName, type Session, sqlStateOf, withSession } from '../session/session';
import { statementError } from '../session/statement-failure';
import { inTransaction, rollback } from '../session/transaction';
import { rounded } from '../statements/statement-runner';
import { indexesOf, locksRows, type PlanNode, sequentialScansOf, tablesOf } from './query-plan';

/** 10 s per execution: a hundred times what the checklist allows a simple query. */
const limits = { lockTimeoutMs: 5_000, statementTimeoutMs: 10_000 };

/** 5: the median tolerates a cold cache and one interruption. */
const timedRuns = 5;

type Explained = { readonly Plan: PlanNode; readonly 'Execution Time'?: number };

const explain = async (session: Session, options: string, sql: string): Promise<Explained> => {
  // The extended protocol takes exactly one statement.
  const query: QueryConfig & { readonly queryMode: 'extended' } = {
    text: `EXPLAIN (${options}, FORMAT JSON) ${sql}`,
    queryMode: 'extended',
  };
  const { rows } = await session.query<{ 'QUERY PLAN': readonly [Explained] }>(query);
  return (rows[0] as { 'QUERY PLAN': readonly [Explained] })['QUERY PLAN'][0];
};

const planBothWays = (session: Session, sql: string) =>
  inTransaction(session, { limits, access: 'READ ONLY', end: rollback }, async () => {
    const chosen = (await explain(session, 'VERBOSE', sql)).Plan;
    await session.query('SET LOCAL enable_seqscan = off');
    return { chosen, withoutSequentialScans: (await explain(session, 'VERBOSE', sql)).Plan };
  });

/** Execution times in ascending order; shorter than asked for when a run hit the statement timeout. */
const timeRuns = async (session: Session, sql: string, access: 'READ ONLY' | 'READ WRITE') => {
  const times: number[] = [];
  try {
    await inTransaction(session, { limits, access, end: rollback }, async () => {
      while (times.length < timedRuns)
        // TIMING OFF: reading the clock at every node would be counted as the query's time.
        times.push((await explain(session, 'ANALYZE, TIMING OFF', sql))['Execution Time'] ?? 0);
    });
  } catch (error) {
    if (sqlStateOf(error) !== '57014') throw error;
  }
  return times.sort((a, b) => a - b);
};

/** 100,000: enough to say that time was measured on something, and counted in some ten milliseconds. */
const countedRows = 100_000;

/** A view's owner may read tables that the role may not. */
const countTable = async (
  session: Session,
  { schema, name }: { readonly schema: string; readonly name: string },
): Promise<QueriedTable> => {
  const table = `${schema}.${name}`;
  try {
    const { rows } = await inTransaction(session, { limits, access: 'READ ONLY', end: rollback }, () =>
      session.query<{ rows: number }>(
        `SELECT pg_catalog.count(*)::pg_catalog.int4 AS rows FROM (SELECT FROM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} LIMIT ${countedRows + 1}) AS counted`,
      ),
    );
    const found = rows[0]?.rows ?? 0;
    return { table, rows: Math.min(found, countedRows), isAtLeast: found > countedRows };
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    return { table, rows: null, isAtLeast: false };
  }
};

const countTables = async (session: Session, plan: PlanNode): Promise<readonly QueriedTable[]> => {
  const counted: QueriedTable[] = [];
  for (const table of tablesOf(plan)) counted.push(await countTable(session, table));
  return counted;
};

const explainOne = async (session: Session, { name, line, sql }: DeclaredQuery): Promise<QueryResult> => {
  const { chosen, withoutSequentialScans } = await planBothWays(session, sql);
  const times = await timeRuns(session, sql, locksRows(chosen) ? 'READ WRITE' : 'READ ONLY');
  const sequentialScans = sequentialScansOf(chosen);
  const indexes = new Set([
    ...indexesOf(chosen),
    // The plan on a small table does not show which index would serve a large one.
    ...(sequentialScans.length > 0 ? indexesOf(withoutSequentialScans) : []),
  ]);
  return {
    name,
    line,
    sequentialScans,
    indexes: [...indexes].sort(),
    runs: times.length,
    unindexedTables: sequentialScansOf(withoutSequentialScans),
    // A run that hit the timeout is slower than any other run, so the limit becomes the median.
    measured: {
      tables: await countTables(session, chosen),
      plan: chosen,
      planWithoutSequentialScans: sequentialScans.length > 0 ? withoutSequentialScans : null,
    },
    medianMs: times.length < timedRuns ? limits.statementTimeoutMs : rounded(times[(timedRuns - 1) / 2] ?? 0),
  };
};

/**
 * `indexes` holds those of the plan as chosen and, where that scans sequentially, those of the plan without such scans.
 * A query that hits the statement timeout is not an error: `medianMs` is then 10,000 and `runs` below 5.
 * Queries run in READ ONLY transactions that are rolled back; SELECT … FOR UPDATE in one that may lock, rolled back too.
 * Errors: StatementFailed for a query that PostgreSQL refuses, LockNotAvailable.
 */
export const explainQueries = (
  connection: ConnectionSettings,
  queries: readonly DeclaredQuery[],
): Promise<readonly QueryResult[]> =>
  withSession(
    connection,
    async (session) => {
      const results: QueryResult[] = [];
      for (const [index, query] of queries.entries()) {
        try {
          results.push(
            await namingBlockers(connection, session, limits.lockTimeoutMs, () => explainOne(session, query)),
          );
        } catch (error) {
          throw statementError(
            `query "${query.name}" (line ${query.line})`,
            { index, line: query.line, sql: query.sql },
            error,
          );
        }
      }
      return results;
    },
    { applicationName: `${applicationName} queries` },
  );
