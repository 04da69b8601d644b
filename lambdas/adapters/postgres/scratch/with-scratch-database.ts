/** A database that exists only as long as a callback runs. */
import { PlatformFailed, VerificationFailed } from '#domain/errors';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { isLockFailure, isLostSession, type Session, sqlStateOf, withOwnSession } from '../session/session';
import { createScratch, dropScratch, newNote } from './scratch-database';

export type ScratchTools = {
  /** How to reach a database, asked for every time. */
  connection(address: DatabaseAddress): Promise<ConnectionSettings>;
  readonly clock: Clock;
};

const nameFailure = ({ host, port, user }: ConnectionSettings, name: string, error: unknown): unknown => {
  const cause = (error instanceof PlatformFailed && error.cause) || error;
  // The session's own failures have names of their own.
  if (isLockFailure(cause) || isLostSession(cause)) return cause;
  if (cause instanceof PlatformFailed) return new VerificationFailed(cause.message, { cause });
  if (!sqlStateOf(cause)) return cause;
  return new VerificationFailed(
    `the scratch database "${name}" could not be made or dropped on ${host}:${port} with the role "${user}": ${(cause as Error).message}; the restore needs a role with CREATEDB, and room for a second copy`,
    { cause },
  );
};

/**
 * Makes an empty database with the encoding and locale of the one at `address`, on its server, and drops it in every case,
 * whoever is connected. It replaces one of ours that was left behind; what a killed process leaves expires as the others do.
 * Errors: VerificationFailed, DatabaseUnreachable, LockNotAvailable.
 */
export const withScratchDatabase = async <T>(
  { connection: connect, clock }: ScratchTools,
  address: DatabaseAddress,
  name: string,
  work: (scratch: ConnectionSettings) => Promise<T>,
): Promise<T> => {
  const administer = async (task: (session: Session) => Promise<void>) => {
    const connection = await connect(address);
    await withOwnSession(connection, (session) =>
      task(session).catch((error) => {
        throw nameFailure(connection, name, error);
      }),
    );
  };
  await administer(async (session) => {
    await dropScratch(session, name);
    await createScratch(session, name, newNote(name, clock.now()));
  });
  const outcome = await Promise.allSettled([connect({ ...address, database: name }).then(work)]);
  const dropping = administer((session) => dropScratch(session, name));
  if (outcome[0].status === 'fulfilled') {
    await dropping;
    return outcome[0].value;
  }
  // The first error is the one to report; the next run drops what could not be dropped now.
  await dropping.catch(() => undefined);
  throw outcome[0].reason;
};
