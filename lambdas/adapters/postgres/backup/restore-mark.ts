/** The mark of a database that is being restored: it stands there until everything is compared, and says what was done. */
import { VerificationFailed } from '#domain/errors';
import type { Session } from '../session/session';
import type { Attempt } from './restore-folder';
import { restoreSchema } from './saved-tables';

type Mark = { readonly backup: string; readonly beganAt: string };

/** Null where no restore is unfinished. */
export const readRestoreMark = async (session: Session): Promise<Mark | null> => {
  const { rows: found } = await session.query(
    'SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)',
    [`${restoreSchema}.unfinished`],
  );
  if (found.length === 0) return null;
  const { rows } = await session.query<Mark>(
    `SELECT backup, pg_catalog.to_char(began_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "beganAt" FROM ${restoreSchema}.unfinished`,
  );
  return rows[0] ?? null;
};

/** Marks the database, or reads what an earlier attempt at the same backup has done. Errors: VerificationFailed for another backup's mark. */
export const beginRestore = async (session: Session, backup: string): Promise<Attempt> => {
  const mark = await readRestoreMark(session);
  if (mark !== null && mark.backup !== backup)
    throw new VerificationFailed(
      `the database is half restored from another backup, whose manifest has sha256 ${mark.backup}, begun ${mark.beganAt}; finish that one, or drop the database and make it anew`,
    );
  if (mark === null)
    await session.query(
      `CREATE SCHEMA ${restoreSchema};
       COMMENT ON SCHEMA ${restoreSchema} IS 'This database is half restored from a backup. The same restore command goes on where it ended; this schema is dropped when everything is there.';
       CREATE TABLE ${restoreSchema}.unfinished (backup text NOT NULL, began_at timestamptz NOT NULL);
       CREATE TABLE ${restoreSchema}.done (item text PRIMARY KEY);
       INSERT INTO ${restoreSchema}.unfinished VALUES (${session.escapeLiteral(backup)}, pg_catalog.now())`,
    );
  const { rows } = await session.query<{ item: string }>(`SELECT item FROM ${restoreSchema}.done`);
  const done = new Set(rows.map(({ item }) => item));
  return {
    has: (item) => done.has(item),
    record: (item) => `INSERT INTO ${restoreSchema}.done VALUES (${session.escapeLiteral(item)});`,
  };
};

export const endRestore = (session: Session) => session.query(`DROP SCHEMA ${restoreSchema} CASCADE`);
