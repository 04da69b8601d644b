/** How the session that runs a migration's statements is recognised, also when the process behind it is gone. */
import { sha256Of } from '#domain/sha256';
import { holdsLedger } from '../own-schema/own-schema';
import { applicationName, type Session } from '../session/session';

const workersName = `${applicationName} apply`;

/** In pg_stat_activity, whose names have at most 63 bytes; the run's id may be longer. */
export const workerName = (runId: string): string => `${workersName} ${sha256Of(runId).slice(0, 12)}`;

/** 10 s: a session that waits looks for such a request at once. */
const endWithinMs = 10_000;

/**
 * Ends the sessions of this run that hold the ledger's lock and do nothing for it: idle in their transaction, or waiting for a lock
 * or for a client that does not answer. Such a session has not been told to commit, or cannot say so to anybody; its transaction is
 * rolled back, and what it may have committed before stands in the ledger. One that is executing is left alone. Process and start
 * of the session are compared in the statement that ends it, so no other session of the same number is meant.
 */
export const endStuckWorker = async (session: Session, runId: string): Promise<void> => {
  await session.query(
    `SELECT pg_catalog.pg_terminate_backend(found.pid, ${endWithinMs})
     FROM (SELECT a.pid, a.backend_start FROM pg_catalog.pg_stat_activity a
           WHERE a.application_name = $1 AND a.datname = pg_catalog.current_database() AND a.usename = session_user
             AND (a.state LIKE 'idle in transaction%' OR a.wait_event_type IN ('Client', 'Lock'))
             AND EXISTS (${holdsLedger('a.pid')})) AS found
     JOIN pg_catalog.pg_stat_activity again USING (pid, backend_start)`,
    [workerName(runId)],
  );
};
