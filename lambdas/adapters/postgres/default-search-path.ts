/** Reads the search_path that a migration's session begins with: the role's or the database's setting, or the server's own. */
import { pathOf, type SearchPath } from '#domain/review/names/search-path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withOwnSession } from './session/session';

/**
 * Our own session may have set another path; what it began with is its reset value. `$user` is told as the role's schema where there
 * is one, and left out where there is none.
 */
export const readDefaultSearchPath = (connection: ConnectionSettings): Promise<SearchPath> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<{ path: string; own: string | null }>(
      `SELECT reset_val AS path,
              (SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) session_user) AS own
       FROM pg_catalog.pg_settings WHERE name = 'search_path'`,
    );
    const { path, own } = rows[0] as { path: string; own: string | null };
    return pathOf(path).flatMap((schema) => (schema === '$user' ? (own ?? []) : schema));
  });
