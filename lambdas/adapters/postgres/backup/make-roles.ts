/** Makes the roles that a backup names and the server lacks. */
import { VerificationFailed } from '#domain/errors';
import { type Session, sqlStateOf } from '../session/session';
import { readMissingRoles } from './roles';
import type { StoredFolder } from './stored-folder';

/** Returns those that were made. Errors: VerificationFailed, DumpUnusable, StoreFailed. */
export const makeRoles = async (session: Session, folder: StoredFolder): Promise<readonly string[]> => {
  const missing = await readMissingRoles(session, folder.manifest.roles);
  if (missing.length === 0) return [];
  const chunks: Buffer[] = [];
  for await (const chunk of folder.read(folder.manifest.rolesScript)) chunks.push(chunk);
  try {
    await session.query(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (sqlStateOf(error) === null) throw error;
    throw new VerificationFailed(
      `the server lacks roles that the backup names, and they could not be made: ${missing.join(', ')} (${(error as Error).message}); nothing was restored. As a role with CREATEROLE, run roles.sql of the backup there first`,
      { cause: error },
    );
  }
  return missing;
};
