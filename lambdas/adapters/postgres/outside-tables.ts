/** Reads what a database holds outside its tables, in one transaction. */
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readLargeObjects } from './large-object-digests';
import { readSequenceStates } from './sequence-states';
import { type Session, withOwnSession } from './session/session';
import { inTransaction, rollback } from './session/transaction';

/** In a session of ours, in no transaction. */
export const outsideTablesIn = (session: Session): Promise<OutsideTables> =>
  inTransaction(
    session,
    { limits: { lockTimeoutMs: 10_000, statementTimeoutMs: 0 }, access: 'READ ONLY', end: rollback },
    async () => ({ ...(await readSequenceStates(session)), largeObjects: await readLargeObjects(session) }),
  );

export const readOutsideTables = (connection: ConnectionSettings): Promise<OutsideTables> =>
  withOwnSession(connection, outsideTablesIn);
