/** Looks at who is in the way of locks before anybody waits for them, and ends the sessions that people have named. */
import type { PreparedTransaction } from '#domain/environment/prepared-transaction';
import {
  conflictsOf,
  type EndedSession,
  type InTheWay,
  isSameSession,
  type NeededLock,
  type SessionIdentity,
  type SessionInTheWay,
} from '#domain/locks/in-the-way';
import { withoutValues } from '#domain/text/without-values';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { type Session, withOwnSession } from '../session/session';
import { preparedColumns, preparedHolding } from './blockers';

/** A chain of waiting sessions is short; see blockers.ts. */
const longestChain = 20;

/** Whoever holds a lock for less is gone before a person has read of it: the traffic of an application. */
const shortestSeconds = 1;

/** A session that is told to end rolls back what it has done. */
const endWithinMs = 5_000;

const microseconds = (column: string) =>
  `pg_catalog.to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The locks `h` of others that conflict with what is needed. */
const conflicting = `
SELECT h.pid, h.virtualtransaction, h.locktype
FROM pg_catalog.jsonb_to_recordset($1::pg_catalog.jsonb) AS needed(relation pg_catalog.text, modes pg_catalog.jsonb)
JOIN pg_catalog.pg_locks h ON h.relation = pg_catalog.to_regclass(needed.relation) AND h.locktype = 'relation'
 AND h.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
 AND needed.modes ? h.mode
WHERE h.granted AND h.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()`;

// A parallel worker holds its locks for its leader. pg_blocking_pids() says 0 for a prepared transaction.
const chain = `
WITH RECURSIVE held AS MATERIALIZED (${conflicting}), chain(pid, depth) AS (
  SELECT DISTINCT coalesce(a.leader_pid, held.pid), 1 FROM held LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)
  WHERE held.pid IS NOT NULL
  UNION
  SELECT blocking, depth + 1 FROM chain, pg_catalog.unnest(pg_catalog.pg_blocking_pids(chain.pid)) AS blocking
  WHERE chain.pid <> 0 AND depth < ${longestChain}
), roots AS (
  SELECT DISTINCT chain.pid FROM chain
  WHERE chain.pid <> 0 AND pg_catalog.cardinality(pg_catalog.pg_blocking_pids(chain.pid)) = 0
), waiting AS (
  SELECT blocking AS pid, pg_catalog.count(DISTINCT w.pid) AS sessions
  FROM (SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted AND l.pid IS NOT NULL) w,
       pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS blocking
  GROUP BY blocking
)`;

const sessionsQuery = `${chain}
SELECT a.pid AS "processId", ${microseconds('a.backend_start')} AS "startedAt",
       coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend')) AS application,
       a.usename::pg_catalog.text AS role, a.state, ${iso('a.xact_start')} AS "transactionStart",
       ${iso('a.query_start')} AS "queryStart",
       CASE WHEN a.backend_start IS NOT NULL THEN nullif(a.query, '') END AS query,
       coalesce(waiting.sessions, 0)::pg_catalog.int4 AS waiting
FROM roots JOIN pg_catalog.pg_stat_activity a USING (pid) LEFT JOIN waiting USING (pid)
WHERE waiting.sessions > 0 OR a.xact_start IS NULL
   OR a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => ${shortestSeconds})
ORDER BY coalesce(waiting.sessions, 0) DESC, a.xact_start NULLS LAST, a.pid`;

// Those that hold what is needed, and those for which somebody waits who holds it.
const preparedQuery = `${chain}
SELECT DISTINCT ${preparedColumns} FROM (
  SELECT held.virtualtransaction FROM held WHERE held.pid IS NULL
  UNION
  SELECT o.virtualtransaction FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks o ON o.granted AND o.pid IS NULL
   AND (o.locktype, o.database, o.relation, o.page, o.tuple, o.transactionid, o.classid, o.objid, o.objsubid)
       IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.page, w.tuple, w.transactionid, w.classid, w.objid, w.objsubid)
  WHERE NOT w.granted AND w.pid IN (SELECT chain.pid FROM chain)
) h ${preparedHolding} ORDER BY since`;

const neededOf = (locks: readonly NeededLock[]) => JSON.stringify(conflictsOf(locks));

const readSessions = async (session: Session, locks: readonly NeededLock[]): Promise<readonly SessionInTheWay[]> => {
  const { rows } = await session.query<SessionInTheWay>(sessionsQuery, [neededOf(locks)]);
  return rows.map((row) => ({ ...row, query: row.query === null ? null : withoutValues(row.query) }));
};

/** Errors as withOwnSession. */
export const readInTheWay = (connection: ConnectionSettings, locks: readonly NeededLock[]): Promise<InTheWay> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<{ readonly at: string }>(
      `SELECT ${iso('pg_catalog.clock_timestamp()')} AS at`,
    );
    const sessions = await readSessions(session, locks);
    const prepared = await session.query<PreparedTransaction>(preparedQuery, [neededOf(locks)]);
    const tables = [...new Set(locks.map(({ relation }) => relation))];
    return { at: rows[0]?.at ?? '', tables, sessions, prepared: prepared.rows };
  });

// Names are made without pg_describe_object or regclass, which look into what is locked. A TOAST table is locked with its table.
const withheldQuery = `
SELECT DISTINCT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS relation, 'AccessShareLock' AS mode
FROM pg_catalog.pg_locks h JOIN pg_catalog.pg_class c ON c.oid = h.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE h.locktype = 'relation' AND h.mode = 'AccessExclusiveLock' AND h.granted
  AND h.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
  AND h.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND n.nspname NOT LIKE 'pg\\_toast%'
ORDER BY 1`;

/** What others have locked against reading, as the locks that a reader needs. Errors as withOwnSession. */
export const readWithheld = (connection: ConnectionSettings): Promise<readonly NeededLock[]> =>
  withOwnSession(connection, async (session) => (await session.query<NeededLock>(withheldQuery)).rows);

/** Number and beginning are compared where it is ended: the number alone may be another session's by now. */
const endQuery = `
SELECT pg_catalog.pg_terminate_backend(a.pid, ${endWithinMs}) AS "isEnded"
FROM pg_catalog.pg_stat_activity a WHERE a.pid = $1 AND ${microseconds('a.backend_start')} = $2`;

const endSession = async (session: Session, { processId, startedAt }: SessionIdentity) => {
  try {
    const { rows } = await session.query<{ readonly isEnded: boolean }>(endQuery, [processId, startedAt]);
    if (!rows[0]) return { outcome: 'gone' as const };
    return rows[0].isEnded
      ? { outcome: 'ended' as const }
      : {
          outcome: 'not ended' as const,
          because: `it was told to end and was still there after ${endWithinMs / 1000} s`,
        };
  } catch (error) {
    // For want of a right; the attempt at the locks says what became of it.
    return { outcome: 'not ended' as const, because: (error as Error).message };
  }
};

const isThere = async (session: Session, { processId, startedAt }: SessionIdentity): Promise<boolean> => {
  const { rows } = await session.query(
    `SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.pid = $1 AND ${microseconds('a.backend_start')} = $2`,
    [processId, startedAt],
  );
  return rows.length > 0;
};

/** Ends each of these that still is the same session and still is in the way, and no other. Errors as withOwnSession. */
export const endInTheWay = (
  connection: ConnectionSettings,
  locks: readonly NeededLock[],
  named: readonly (SessionIdentity & Pick<SessionInTheWay, 'application' | 'role'>)[],
): Promise<readonly EndedSession[]> =>
  withOwnSession(connection, async (session) => {
    const ended: EndedSession[] = [];
    for (const one of named) {
      const { processId, startedAt, application, role } = one;
      const inTheWay = await readSessions(session, locks);
      const isInTheWay = inTheWay.some(
        (other) => other.startedAt !== null && isSameSession(one, { ...other, startedAt: other.startedAt }),
      );
      const result = isInTheWay
        ? await endSession(session, one)
        : { outcome: (await isThere(session, one)) ? ('not in the way' as const) : ('gone' as const) };
      ended.push({ processId, startedAt, application, role, ...result, at: new Date().toISOString() });
    }
    return ended;
  });
