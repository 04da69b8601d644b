/** Finds out who blocks us. A session that waits for a lock cannot ask, and afterwards it is too late. */
import type { PreparedTransaction } from '#domain/environment/prepared-transaction';
import { LockNotAvailable } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { applicationName, isLockFailure, ownLockTimeoutMs, type Session, withOwnSession } from '../session/session';
import { preparedColumns, readBlockers } from './blockers';

/** Half a lock timeout, then at least one look falls into every wait that ends in it; at most 1 s, also without one (0). */
const intervalOf = (lockTimeoutMs: number) => Math.min(1_000, Math.max(20, lockTimeoutMs / 2 || 1_000));

/**
 * While the work lasts, a second session, connected when the first look is due, looks at who blocks the first one; a
 * LockNotAvailable then names the blockers, the root first. `isLikely` connects at once: to look in time at a short wait. An error
 * of the second session does not disturb the work.
 */
export const namingBlockers = async <T>(
  connection: ConnectionSettings,
  session: Session,
  lockTimeoutMs: number,
  work: () => Promise<T>,
  isLikely = false,
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
    if (!isLikely && (await pause()) !== 'due') return;
    await withOwnSession(
      connection,
      async (witness) => {
        if (isLikely && (await pause()) !== 'due') return;
        do {
          const seen = await readBlockers(witness, processId);
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
    const named = new LockNotAvailable(`blocked by ${blockers.join(' and by ')}: ${(error as Error).message}`, {
      cause: error instanceof LockNotAvailable ? error.cause : error,
    });
    named.blockers = blockers;
    if (error instanceof LockNotAvailable) named.stalledMs = error.stalledMs;
    throw named;
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
