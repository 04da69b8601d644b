/** Finds out who blocks us. A session that waits for a lock cannot ask, and afterwards it is too late. */
import { LockNotAvailable } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { applicationName, type Session, withOwnSession } from '../session/session';

type Blocker = {
  processId: number;
  application: string | null;
  role: string | null;
  state: string | null;
  transactionStart: string | null;
  queryStart: string | null;
};

// The blocker's query is omitted, because it may hold anything.
const blockersQuery = `
SELECT pid AS "processId", nullif(application_name, '') AS application, usename::text AS role, state,
       ${iso('xact_start')} AS "transactionStart", ${iso('query_start')} AS "queryStart"
FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY xact_start NULLS LAST`;

const describe = ({ processId, application, role, state, transactionStart, queryStart }: Blocker) =>
  [
    `process ${processId}`,
    `application ${application ?? 'without a name'}`,
    `role ${role ?? 'unknown'}`,
    // Null for a role that may not see other roles' sessions.
    state ?? 'state not visible to this role',
    ...(transactionStart ? [`in its transaction since ${transactionStart}`] : []),
    ...(queryStart ? [`last query from ${queryStart}`] : []),
  ].join(', ');

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
  const { rows } = await session.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  let blockers: readonly Blocker[] = [];
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
          const seen = (await witness.query<Blocker>(blockersQuery, [rows[0]?.pid])).rows;
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
    if (!(error instanceof LockNotAvailable) || blockers.length === 0) throw error;
    throw new LockNotAvailable(`${error.message}; blocked by ${blockers.map(describe).join(' and by ')}`, {
      cause: error.cause,
    });
  } finally {
    stop();
    await watching;
  }
};
