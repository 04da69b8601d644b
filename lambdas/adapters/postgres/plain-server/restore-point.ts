/** The restore point of a plain server: a named position in its write-ahead log. */
import type { Branch } from '#lambdas/ports/platform';
import { type Session, sqlStateOf } from '../session/session';

/** `restore-point:` where the server archives its log and has put the name into it, `log-position:` otherwise. */
const kinds = ['restore-point:', 'log-position:'] as const;

/** There is nothing to connect to and nothing to delete: it is a position in the log, and disappears with it. */
export const isPlaceInLog = (branchId: string): boolean => kinds.some((kind) => branchId.startsWith(kind));

/** Only an archived log can be restored from; without an archive the name would promise a restore that nobody could make. */
const namePlace = async (session: Session, name: string): Promise<string | null> => {
  const { rows } = await session.query<{ mode: string }>(`SELECT pg_catalog.current_setting('archive_mode') AS mode`);
  if (rows[0]?.mode === 'off') return null;
  try {
    const named = await session.query<{ lsn: string }>('SELECT pg_catalog.pg_create_restore_point($1)::text AS lsn', [
      // MAXFNAMELEN - 1, beyond which PostgreSQL refuses the name.
      name.slice(0, 63),
    ]);
    return named.rows[0]?.lsn ?? null;
  } catch (error) {
    // The role may not (42501), or the log is not written so that it could be restored (55000).
    if (['42501', '55000'].includes(sqlStateOf(error) ?? '')) return null;
    throw error;
  }
};

/** Both kinds carry the position of now as `parentLsn`; only the first can be restored to by its name. */
export const markRestorePoint = async (
  session: Session,
  { name, expiresAt, now }: { readonly name: string; readonly expiresAt: Date; readonly now: Date },
): Promise<Branch> => {
  const named = await namePlace(session, name);
  const { rows } = await session.query<{ lsn: string }>('SELECT pg_catalog.pg_current_wal_insert_lsn()::text AS lsn');
  const parentLsn = named ?? rows[0]?.lsn ?? null;
  return {
    branchId: `${kinds[named === null ? 1 : 0]}${parentLsn}`,
    name,
    parentLsn,
    isRestorable: named !== null,
    server: 'shared',
    createdAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
};
