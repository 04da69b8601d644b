/** Settles an interrupted run, so that none of its units is half-done. */
import { settleLeftover } from '../interrupted/settle-leftovers';
import type { Session } from '../session/session';
import { type Errand, forgetBegun, readBegun, recordDone } from './restart-points';

/** With the ledger's lock held for the session, in no transaction. Errors: LockNotAvailable. */
export const settleBegun = async (session: Session, errand: Errand): Promise<void> => {
  for (const { index, leftover } of await readBegun(session, errand)) {
    if (leftover && (await settleLeftover(session, leftover)) === 'done')
      await recordDone(session, errand, { index }, { durationMs: 0, statements: [] });
    else await forgetBegun(session, errand, index);
  }
};
