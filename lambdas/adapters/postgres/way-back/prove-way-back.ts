/** Writes a way back on a branch, runs it there, looks at what it leaves and loses, and takes everything back. */
import type { Catalog } from '#domain/catalog/catalog';
import type { ProvedWayBack } from '#domain/catalog/proved-way-back';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withOwnSession } from '../session/session';
import { contentsInTransaction } from '../table-contents';
import { writeWayBack } from './write-way-back';

/** Errors: DatabaseUnreachable. */
export const proveWayBack = (
  connection: ConnectionSettings,
  before: Catalog,
  statementTimeoutMs: number,
): Promise<ProvedWayBack> =>
  withOwnSession(connection, async (session) => {
    // What was renamed is not known any more: it is dropped and made again, and the contents say what that loses.
    const start = { before, names: null, statementTimeoutMs };
    const { sql, verdict, reasons, measured } = await writeWayBack(session, start, () =>
      contentsInTransaction(session),
    );
    return { sql, verdict, reasons, contents: measured };
  });
