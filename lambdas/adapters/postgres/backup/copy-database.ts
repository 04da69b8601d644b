/** Copies a database into an empty one: a backup that is restored immediately and never stored. */
import type { LeftOut } from '#domain/backup/left-out';
import { VerificationFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readCatalog } from '../catalog/read-catalog';
import { withSession } from '../session/session';
import { defaultLockTimeoutMs, withDump } from './open-dump';
import { DumpUnusable } from './read-dump';
import { restoreDump } from './restore-dump';

async function* bytesOf(parts: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

/**
 * Schema, rows, sequences and large objects, as of one moment; `to` must be a database freshly made from template0. Returns what
 * it went without.
 * Errors: DatabaseUnreachable, LockNotAvailable, VerificationFailed.
 */
export const copyDatabase = async (from: ConnectionSettings, to: ConnectionSettings): Promise<readonly LeftOut[]> => {
  try {
    return await withDump(from, { readCatalog, lockTimeoutMs: defaultLockTimeoutMs }, (dump) =>
      withSession(to, async (session) => (await restoreDump(session, bytesOf(dump))).leftOut),
    );
  } catch (error) {
    if (!(error instanceof DumpUnusable)) throw error;
    throw new VerificationFailed(
      `the database "${from.database}" could not be copied to "${to.database}": ${error.message}`,
      {
        cause: error,
      },
    );
  }
};
