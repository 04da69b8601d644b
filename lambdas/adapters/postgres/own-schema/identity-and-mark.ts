/** Reads which database this is: the server's identity, and the mark that a person set. */
import type { DatabaseIdentity } from '#domain/environment/target';
import type { StagingMark } from '#domain/ledger/ledger';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { iso } from '../session/moment';
import { type Session, sqlStateOf, withOwnSession } from '../session/session';
import { commit, inTransaction } from '../session/transaction';
import { ensureOwnSchema, isMissingTable } from './own-schema';

type IdentityRow = { database: string; user: string; serverVersion: number; isInRecovery: boolean };

/** Null where the role may not execute pg_control_system(). */
const readSystemIdentifier = async (session: Session): Promise<string | null> => {
  try {
    const { rows } = await session.query<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()',
    );
    return rows[0]?.id ?? null;
  } catch (error) {
    if (sqlStateOf(error) === '42501') return null;
    throw error;
  }
};

export const identify = (connection: ConnectionSettings): Promise<DatabaseIdentity> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<IdentityRow>(
      `SELECT pg_catalog.current_database()::text AS database, session_user::text AS "user",
              pg_catalog.current_setting('server_version_num')::int4 AS "serverVersion",
              pg_catalog.pg_is_in_recovery() AS "isInRecovery"`,
    );
    // Our session refuses a server without TLS when TLS was asked for. pg_stat_ssl would describe the last hop only, which
    // behind a proxy such as Neon's is not the one from here.
    return { ...(rows[0] as IdentityRow), systemIdentifier: await readSystemIdentifier(session), tls: connection.tls };
  });

export const readMark = (connection: ConnectionSettings): Promise<StagingMark | null> =>
  withOwnSession(connection, async (session) => {
    try {
      const { rows } = await session.query<StagingMark>(
        `SELECT environment, project_id AS "projectId", branch_id AS "branchId", marked_by AS "markedBy",
                ${iso('marked_at')} AS "markedAt"
         FROM migration_checklist.staging_mark`,
      );
      return rows[0] ?? null;
    } catch (error) {
      if (isMissingTable(error)) return null;
      throw error;
    }
  });

/** 10 s: only another first run can hold the lock. */
const markLimits = { lockTimeoutMs: 10_000, statementTimeoutMs: 0 };

/**
 * Marks the database, for a person who says that it is staging. It replaces an earlier mark, and makes our schema with all
 * its tables, so that the role that migrates later need not be allowed to. Errors: DatabaseUnreachable, LockNotAvailable.
 */
export const writeMark = (connection: ConnectionSettings, mark: StagingMark): Promise<void> =>
  withOwnSession(connection, (session) =>
    inTransaction(session, { limits: markLimits, end: commit }, async () => {
      await ensureOwnSchema(session);
      await session.query(
        `INSERT INTO migration_checklist.staging_mark AS mark (environment, project_id, branch_id, marked_by, marked_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (only_row) DO UPDATE
         SET (environment, project_id, branch_id, marked_by, marked_at)
           = (EXCLUDED.environment, EXCLUDED.project_id, EXCLUDED.branch_id, EXCLUDED.marked_by, EXCLUDED.marked_at)`,
        [mark.environment, mark.projectId, mark.branchId, mark.markedBy, mark.markedAt],
      );
    }),
  );
