/** Who blocks a session, up to the root: who blocks and waits for nobody. */
import { type PreparedTransaction, preparedInWords } from '#domain/environment/prepared-transaction';
import { iso } from '../session/moment';
import type { Session } from '../session/session';

type Blocker = {
  readonly processId: number;
  readonly application: string | null;
  readonly role: string | null;
  readonly state: string | null;
  readonly transactionStart: string | null;
  readonly queryStart: string | null;
  /** The processes that it waits for; 0 stands for a prepared transaction. Empty for a root. */
  readonly waitsFor: readonly number[];
};

/** The columns of a prepared transaction `x`. */
export const preparedColumns = `x.gid AS name, x.owner::text AS role, x.database::text AS database, ${iso('x.prepared')} AS since`;

/**
 * The prepared transactions `x` that hold a lock `h`: pg_locks knows no process for them, but each holds the lock of its own
 * transaction's number.
 */
export const preparedHolding = `
JOIN pg_catalog.pg_locks own ON own.locktype = 'transactionid' AND own.granted AND own.pid IS NULL
 AND own.virtualtransaction = h.virtualtransaction
JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = own.transactionid`;

/** A chain of waiting sessions is short; the bound ends one that waits in a circle, which PostgreSQL breaks within a second. */
const longestChain = 20;

// The blocker's query is omitted, because it may hold anything. pg_blocking_pids() is asked once for each process of the chain.
const blockersQuery = `
WITH RECURSIVE chain(pid, depth) AS (
  SELECT blocking, 1 FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS blocking
  UNION
  SELECT blocking, depth + 1 FROM chain, pg_catalog.unnest(pg_catalog.pg_blocking_pids(chain.pid)) AS blocking
  WHERE chain.pid <> 0 AND depth < ${longestChain}
), found AS (SELECT pid, min(depth) AS depth FROM chain GROUP BY pid)
SELECT a.pid AS "processId", nullif(a.application_name, '') AS application, a.usename::text AS role, a.state,
       ${iso('a.xact_start')} AS "transactionStart", ${iso('a.query_start')} AS "queryStart",
       pg_catalog.to_json(pg_catalog.pg_blocking_pids(a.pid)) AS "waitsFor"
FROM found JOIN pg_catalog.pg_stat_activity a USING (pid)
ORDER BY pg_catalog.cardinality(pg_catalog.pg_blocking_pids(a.pid)) > 0, found.depth DESC, a.xact_start NULLS LAST`;

// pg_blocking_pids() says 0 for them and no more.
const preparedQuery = `
SELECT DISTINCT ${preparedColumns}
FROM pg_catalog.pg_locks w
JOIN pg_catalog.pg_locks h ON h.granted AND h.pid IS NULL
 AND (h.locktype, h.database, h.relation, h.page, h.tuple, h.transactionid, h.classid, h.objid, h.objsubid)
     IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.page, w.tuple, w.transactionid, w.classid, w.objid, w.objsubid)
${preparedHolding}
WHERE w.pid = ANY ($1) AND NOT w.granted ORDER BY since`;

const sessionInWords = ({ processId, application, role, state, transactionStart, queryStart }: Blocker) =>
  [
    `process ${processId}`,
    `application ${application ?? 'without a name'}`,
    `role ${role ?? 'unknown'}`,
    // Null for a role that may not see other roles' sessions.
    state ?? 'state not visible to this role',
    ...(transactionStart ? [`in its transaction since ${transactionStart}`] : []),
    ...(queryStart ? [`last query from ${queryStart}`] : []),
  ].join(', ');

const processInWords = (processId: number) => (processId === 0 ? 'a prepared transaction' : `process ${processId}`);

/** Ending one that waits itself would help nobody: the command is given for roots only. */
const describe = (blocker: Blocker) =>
  blocker.waitsFor.length === 0
    ? `${sessionInWords(blocker)}; wait for it, or end it: SELECT pg_terminate_backend(${blocker.processId})`
    : `${sessionInWords(blocker)}, which itself waits for ${[...new Set(blocker.waitsFor)].map(processInWords).join(' and ')}`;

/** In words, the roots first, prepared transactions among them; empty when the session waits for nobody. */
export const readBlockers = async (witness: Session, processId: number): Promise<readonly string[]> => {
  const { rows } = await witness.query<Blocker>(blockersQuery, [processId]);
  const waiting = [processId, ...rows.filter(({ waitsFor }) => waitsFor.length > 0).map((one) => one.processId)];
  const prepared = (await witness.query<PreparedTransaction>(preparedQuery, [waiting])).rows.map(preparedInWords);
  const roots = rows.filter(({ waitsFor }) => waitsFor.length === 0);
  const between = rows.filter(({ waitsFor }) => waitsFor.length > 0);
  return [...roots.map(describe), ...prepared, ...between.map(describe)];
};
