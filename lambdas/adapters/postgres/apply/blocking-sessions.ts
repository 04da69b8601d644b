/** Finds out who blocks us. A session that waits for a lock cannot ask, and afterwards it is too late. */
import { type PreparedTransaction, preparedInWords } from '#domain/environment/prepared-transaction';
import { LockNotAvailable } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { applicationName, isLockFailure, ownLockTimeoutMs, type Session, withOwnSession } from '../session/session';

type Blocker = {
  readonly processId: number;
  readonly application: string | null;
  readonly role: string | null;
  readonly state: string | null;
  readonly transactionStart: string | null;
  readonly queryStart: string | null;
};

// The blocker's query is omitted, because it may hold anything.
const blockersQuery = `
SELECT pid AS "processId", nullif(application_name, '') AS application, usename::text AS role, state,
       ${iso('xact_start')} AS "transactionStart", ${iso('query_start')} AS "queryStart"
FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY xact_start NULLS LAST`;

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

// pg_blocking_pids() says 0 for them and no more.
const preparedQuery = `
SELECT DISTINCT ${preparedColumns}
FROM pg_catalog.pg_locks w
JOIN pg_catalog.pg_locks h ON h.granted AND h.pid IS NULL
 AND (h.locktype, h.database, h.relation, h.page, h.tuple, h.transactionid, h.classid, h.objid, h.objsubid)
     IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.page, w.tuple, w.transactionid, w.classid, w.objid, w.objsubid)
${preparedHolding}
WHERE w.pid = $1 AND NOT w.granted ORDER BY since`;

const describe = ({ processId, application, role, state, transactionStart, queryStart }: Blocker) =>
  `${[
    `process ${processId}`,
    `application ${application ?? 'without a name'}`,
    `role ${role ?? 'unknown'}`,
    // Null for a role that may not see other roles' sessions.
    state ?? 'state not visible to this role',
    ...(transactionStart ? [`in its transaction since ${transactionStart}`] : []),
    ...(queryStart ? [`last query from ${queryStart}`] : []),
  ].join(', ')}; wait for it, or end it: SELECT pg_terminate_backend(${processId})`;

/** Half a lock timeout, then at least one look falls into every wait that ends in it; at most 1 s, also without one (0). */
const intervalOf = (lockTimeoutMs: number) => Math.min(1_000, Math.max(20, lockTimeoutMs / 2 || 1_000));

/**
 * While the work lasts, a second session, connected when the first look is due, looks at who blocks the first one; a
 * LockNotAvailable then names the blockers. An error of the second session does not disturb the work.
 */
export const namingBlockers = async <T>(
  connection: ConnectionSettings,
  session: Session,
  lockTimeoutMs: number,
  work: () => Promise<T>,
): Promise<T> => {
  // The server says it at the login; pg's types do not know it.
  const { processID: processId } = session as Session & { readonly processID: number };
  let blockers: readonly string[] = [];
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const intervalMs = intervalOf(lockTimeoutMs);
  const pause = () => {
    let timer: NodeJS.Timeout | undefined;
    const due = new Promise<'due'>((resolve) => {
      timer = setTimeout(resolve, intervalMs, 'due');
    });
    return Promise.race([due, stopped]).finally(() => clearTimeout(timer));
  };
  const watch = async () => {
    if ((await pause()) !== 'due') return;
    await withOwnSession(
      connection,
      async (witness) => {
        do {
          const seen = [
            ...(await witness.query<Blocker>(blockersQuery, [processId])).rows.map(describe),
            ...(await witness.query<PreparedTransaction>(preparedQuery, [processId])).rows.map(preparedInWords),
          ];
          // A look right after the wait has ended sees nobody. At least one look falls into every wait, so the last one that saw
          // somebody counts.
          if (seen.length > 0) blockers = seen;
        } while ((await pause()) === 'due');
      },
      { applicationName: `${applicationName} lock watch` },
    );
  };
  const watching = watch().catch(() => undefined);
  try {
    return await work();
  } catch (error) {
    if (blockers.length === 0 || !(error instanceof LockNotAvailable || isLockFailure(error))) throw error;
    // Who blocks comes first: a line for a person is cut at its end.
    throw new LockNotAvailable(`blocked by ${blockers.join(' and by ')}: ${(error as Error).message}`, {
      cause: error instanceof LockNotAvailable ? error.cause : error,
    });
  } finally {
    stop();
    await watching;
  }
};

/** A session for our own reading whose wait for a lock says who holds it. Errors as withOwnSession. */
export const withWatchedSession = <T>(
  connection: ConnectionSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  withOwnSession(connection, (session) => namingBlockers(connection, session, ownLockTimeoutMs, () => work(session)));

/** Those of this database. */
export const readPreparedTransactions = (connection: ConnectionSettings): Promise<readonly PreparedTransaction[]> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<PreparedTransaction>(
      `SELECT ${preparedColumns} FROM pg_catalog.pg_prepared_xacts x
        WHERE x.database = pg_catalog.current_database() ORDER BY x.prepared`,
    );
    return rows;
  });
