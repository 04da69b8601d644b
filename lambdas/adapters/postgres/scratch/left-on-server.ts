/** Scratch databases that are on a server: looked at and never touched. */
import type { Session } from '../session/session';
import { findScratch, isScratchName } from './scratch-database';

export type LeftScratch = {
  readonly database: string;
  /** ISO 8601; null where its maker was killed before it wrote them down. */
  readonly createdAt: string | null;
  /** When a later run drops it. */
  readonly expiresAt: string | null;
  readonly owner: string;
  /** Sessions in it: a rehearsal or a run is at work there. */
  readonly sessions: number;
};

/** Those that name, comment or connection limit say are ours, by name. */
export const scratchesOnServer = async (session: Session): Promise<readonly LeftScratch[]> => {
  const { rows } = await session.query<{ database: string; owner: string; sessions: number }>(
    `SELECT d.datname AS database, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
            (SELECT pg_catalog.count(*)::int4 FROM pg_catalog.pg_stat_activity a
              WHERE a.datid = d.oid AND a.backend_type = 'client backend') AS sessions
     FROM pg_catalog.pg_database d WHERE d.datname <> pg_catalog.current_database() ORDER BY 1`,
  );
  const left: LeftScratch[] = [];
  for (const row of rows.filter(({ database }) => isScratchName(database))) {
    const found = await findScratch(session, row.database);
    if (!found?.isOurs) continue;
    left.push({ ...row, createdAt: found.note?.createdAt ?? null, expiresAt: found.note?.expiresAt ?? null });
  }
  return left;
};
