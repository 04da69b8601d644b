/** Restores a whole backup into an empty database, and marks it as half restored until everything is compared. */
import { type Although, wholeFaults } from '#domain/backup/restore-target';
import type { Catalog } from '#domain/catalog/catalog';
import { VerificationFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { readCatalog } from '../catalog/read-catalog';
import { type Session, withOwnSession } from '../session/session';
import { makeRoles } from './make-roles';
import { readRestoreTarget } from './read-restore-target';
import { type RestoredFolder, type RestoreOptions, restoreFolder } from './restore-folder';
import { beginRestore, endRestore } from './restore-mark';
import { restoreSchema } from './saved-tables';
import type { StoredFolder } from './stored-folder';

const withoutMark = ({ objects }: Catalog): Catalog => ({
  objects: objects.filter(({ identity }) => !identity.includes(restoreSchema)),
});

export type RestoredWhole = RestoredFolder & { readonly madeRoles: readonly string[]; readonly wasBegun: boolean };

/**
 * Goes on where an earlier attempt at the same backup ended. Errors: VerificationFailed when the database is not one for
 * it or what was restored differs, DumpUnusable, StoreFailed, DatabaseUnreachable; the mark stays then.
 */
export const restoreWhole = async (
  connection: ConnectionSettings,
  folder: StoredFolder,
  options: Pick<RestoreOptions, 'onProgress'> & { readonly although: Although },
): Promise<RestoredWhole> => {
  const target = await readRestoreTarget(connection);
  const faults = wholeFaults(target, folder.manifest.source, options.although);
  if (faults.length > 0)
    throw new VerificationFailed(`nothing was restored into the database "${target.database}": ${faults.join('; ')}`);
  const { madeRoles, attempt } = await withOwnSession(connection, async (session) => ({
    madeRoles: await makeRoles(session, folder),
    attempt: await beginRestore(session, folder.manifestSha256),
  }));
  const restored = await restoreFolder(connection, folder, {
    attempt,
    readCatalog: async (session: Session) => withoutMark(await readCatalog(session)),
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  if (restored.differences.length > 0)
    throw new VerificationFailed(
      `what was restored differs from what was saved: ${restored.differences.slice(0, 5).join('; ')}${restored.differences.length > 5 ? `; and ${restored.differences.length - 5} more` : ''}`,
    );
  await withOwnSession(connection, endRestore);
  return { ...restored, madeRoles, wasBegun: target.isMarked };
};
