/** Makes sure that a statement which lets others pass is seen at its work: on an idle table it may be over within a millisecond. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Session, withSession } from '#adapters/postgres/session/session';
import type { ConnectionSettings } from '#lambdas/ports/platform';

const processIdOf = async (session: Session) =>
  (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;

/** Resolves when the witness has looked twice while the worker waited; the second look began after the wait. */
const isSeen = async (writer: Session, worker: number | undefined, witness: number | undefined) => {
  const looks = new Set<string>();
  while (looks.size < 3) {
    // Within a transaction PostgreSQL shows the activity as it was at the first look.
    await writer.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await writer.query<{ look: string }>(
      `SELECT w.query_start::text AS look FROM pg_stat_activity w
       WHERE w.pid = $1 AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = $2 AND a.wait_event_type = 'Lock')`,
      [witness, worker],
    );
    if (rows[0]) looks.add(rows[0].look);
    await nextTurn();
  }
};

/** Does the work while another transaction writes to the table, which ends when the worker was seen waiting for it. */
export const whileOthersWrite = <T>(
  connection: ConnectionSettings,
  table: string,
  { worker, witness }: { readonly worker: Session; readonly witness: Session },
  work: () => Promise<T>,
): Promise<T> =>
  withSession(connection, async (writer) => {
    const [workerId, witnessId] = [await processIdOf(worker), await processIdOf(witness)];
    await writer.query(`BEGIN; LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`);
    const working = work();
    working.catch(() => undefined);
    await Promise.race([isSeen(writer, workerId, witnessId), working]);
    await writer.query('COMMIT');
    return working;
  });
