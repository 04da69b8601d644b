/** Tries whether what the migrations leave can be dumped and restored, as the next backup will have to. */
import { randomBytes } from 'node:crypto';
import { tryCopy } from '#adapters/postgres/trial/try-copy';
import type { CopyTrial } from '#domain/backup/copy-trial';
import type { ConnectionSettings } from '#lambdas/ports/platform';

/** Nobody else uses a copy. */
const lockTimeoutMs = 10_000;

/** On the database's own server, in a scratch database that is dropped. Errors: DatabaseUnreachable, VerificationFailed. */
export const tryRestore = (database: ConnectionSettings): Promise<CopyTrial> =>
  tryCopy(
    {
      connection: async ({ database: named = database.database }) => ({ ...database, database: named }),
      clock: { now: () => new Date() },
      lockTimeoutMs,
    },
    { branchId: 'target' },
    `trial-${randomBytes(4).toString('hex')}`,
  );
