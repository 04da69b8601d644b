/** The port Platform on a PostgreSQL server without a platform around it: a branch is a scratch database on that server. */
import pg from 'pg';
import type { LeftOut } from '#domain/backup/left-out';
import type { TargetRecord } from '#domain/environment/target';
import { ChecklistError, PlatformFailed } from '#domain/errors';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Branch, ConnectionSettings, Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import { identify } from '../own-schema/identity-and-mark';
import {
  createScratch,
  dropExpiredScratches,
  dropScratch,
  findScratch,
  isScratchName,
  newNote,
  type ScratchNote,
  scratchNameOf,
  writeNote,
} from '../scratch/scratch-database';
import { applicationName, type Session, sqlStateOf, withOwnSession, withSession } from '../session/session';
import { readConnectionUrl } from './connection-url';
import { isPlaceInLog, markRestorePoint } from './restore-point';

/** Fills an empty database with what another one holds: schema, rows, sequences. Returns what it went without. */
export type CopyDatabase = (from: ConnectionSettings, to: ConnectionSettings) => Promise<readonly LeftOut[]>;

const branchIds = 'expected "target", the branchId that describeTarget() gives, or one that createBranch() gave';

const readOid = (connection: ConnectionSettings): Promise<number> =>
  withOwnSession(connection, async (session) => {
    const { rows } = await session.query<{ oid: number }>(
      'SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()',
    );
    return (rows[0] as { oid: number }).oid;
  });

const describeTarget = async (target: ConnectionSettings): Promise<TargetRecord> => {
  const { database, systemIdentifier } = await identify(target);
  return {
    platform: 'postgres',
    projectId: systemIdentifier ?? `${target.host}:${target.port}`,
    // The name can be given to another database; the oid stays with this one.
    branchId: `database:${await readOid(target)}`,
    branchName: database,
    database,
    isDefault: null,
    isProtected: null,
    storageLimitBytes: null,
  };
};

/** A name such as `search_path` or `app.tenant`. */
const quoteParameter = (name: string) => name.split('.').map(pg.escapeIdentifier).join('.');

// ALTER DATABASE … SET of the target, search_path above all, holds for the rehearsal as for the apply. A list such as search_path's
// cannot be written as one literal, so it is set in the session and copied FROM CURRENT.
const copySettings = async (target: ConnectionSettings, database: string) =>
  withSession(target, async (session) => {
    const { rows } = await session.query<{ name: string; value: string }>(
      `SELECT pg_catalog.split_part(setting, '=', 1) AS name,
              pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') OPERATOR(pg_catalog.+) 1) AS value
       FROM pg_catalog.pg_db_role_setting s
       JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase,
       pg_catalog.unnest(s.setconfig) AS setting
       WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND s.setrole OPERATOR(pg_catalog.=) 0`,
    );
    for (const { name, value } of rows)
      try {
        await session.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]);
        await session.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} SET ${quoteParameter(name)} FROM CURRENT`);
      } catch (error) {
        // A superuser's setting, such as what is logged: it changes nothing about a rehearsal.
        if (sqlStateOf(error) !== '42501') throw error;
      }
  });

const fill = async (target: ConnectionSettings, scratch: ConnectionSettings, copy: CopyDatabase) => {
  try {
    const leftOut = await copy(target, scratch);
    await copySettings(target, scratch.database);
    return leftOut;
  } catch (cause) {
    if (cause instanceof ChecklistError) throw cause;
    throw new PlatformFailed(
      `database "${target.database}" could not be copied into the scratch database: ${(cause as Error).message}`,
      { cause },
    );
  }
};

const branchOf = (database: string, { name, createdAt, expiresAt, leftOut }: ScratchNote): Branch => ({
  branchId: database,
  name,
  createdAt,
  expiresAt,
  // A dump is a snapshot, and a snapshot has no position in the log.
  parentLsn: null,
  isRestorable: true,
  ...(leftOut && leftOut.length > 0 && { leftOut }),
  server: 'shared',
});

/** Errors of this function: InvalidInput for a URL that cannot be used; its message has no part of the URL. */
export const createPlainServerPlatform = ({
  url,
  clock,
  backupCopy,
}: {
  readonly url: string;
  readonly clock: Clock;
  readonly backupCopy: CopyDatabase;
}): Platform => {
  const target = readConnectionUrl(url);
  const onTarget = <T>(work: (session: Session) => Promise<T>) =>
    withOwnSession(target, work, { applicationName: `${applicationName} platform` });

  const isTarget = async (branchId: string) =>
    branchId === 'target' || (branchId.startsWith('database:') && branchId === (await describeTarget(target)).branchId);

  const createScratchBranch = (name: string, expiresAt: Date): Promise<Branch> =>
    onTarget(async (session) => {
      await dropExpiredScratches(session, clock.now());
      const database = scratchNameOf(name);
      const earlier = await findScratch(session, database);
      if (earlier?.note?.isReady) return branchOf(database, earlier.note);
      // Drops what an interrupted attempt left half filled. A database that is not ours is refused here.
      await dropScratch(session, database);
      const note = newNote(name, clock.now(), expiresAt);
      await createScratch(session, database, note);
      let leftOut: readonly LeftOut[];
      try {
        leftOut = await fill(target, { ...target, database }, backupCopy);
      } catch (error) {
        // If this fails too, the note says that the database is not ready and when it expires; the first error is the one to
        // report.
        await dropScratch(session, database).catch(() => undefined);
        throw error;
      }
      const ready = { ...note, isReady: true, leftOut };
      await writeNote(session, database, ready);
      return branchOf(database, ready);
    });

  return {
    describeTarget: () => describeTarget(target),

    createBranch: ({ name, expiresAt, compute }) =>
      compute
        ? createScratchBranch(name, expiresAt)
        : onTarget((session) => markRestorePoint(session, { name, expiresAt, now: clock.now() })),

    deleteBranch: async (branchId) => {
      if (isPlaceInLog(branchId)) return;
      if (branchId === target.database || (await isTarget(branchId)))
        throw new PlatformFailed(`"${branchId}" is the target itself, which is never dropped`);
      await onTarget((session) => dropScratch(session, branchId));
    },

    // A plain server does not sleep.
    isSuspended: async () => false,
    connection: async ({ branchId, database }: DatabaseAddress) => {
      if (await isTarget(branchId)) return { ...target, database: database ?? target.database };
      if (!isScratchName(branchId)) throw new PlatformFailed(`there is no branch "${branchId}"; ${branchIds}`);
      // A branch's database has the branch's name. A caller that names the target's database on a branch means the copy.
      return { ...target, database: database === undefined || database === target.database ? branchId : database };
    },
  };
};
