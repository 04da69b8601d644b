/** The databases of a rehearsal: copies of each other, known by name, and all dropped when it ends. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import {
  createScratch,
  dropDatabase,
  dropExpiredScratches,
  endOwnSessions,
  madeByUs,
  newNote,
  writeNote,
} from '#adapters/postgres/scratch/scratch-database';
import { keepSessions } from '#adapters/postgres/session/kept-sessions';
import { type Session, sqlStateOf, withSession } from '#adapters/postgres/session/session';
import { PlatformFailed } from '#domain/errors';
import type { ConnectionSettings } from '#lambdas/ports/platform';

export type ScratchDatabases = {
  /** Makes an empty database with the locale of the given one. */
  makeEmpty(): Promise<ConnectionSettings>;
  /** What ALTER DATABASE … SET has set for one, for another as well; a copy has it already. */
  copySettings(from: ConnectionSettings, to: ConnectionSettings): Promise<void>;
  /** Nobody may be connected to `template`. */
  copy(template: ConnectionSettings): Promise<ConnectionSettings>;
  /** Ends our role's sessions in it. */
  endSessions(scratch: ConnectionSettings): Promise<void>;
  /** Begins to drop it; `settle` waits for that. */
  drop(scratch: ConnectionSettings): void;
  settle(): Promise<void>;
  /** Drops all that were made, whatever runs in them; afterwards none can be made. */
  close(): Promise<void>;
};

/** What ALTER DATABASE … SET has set, search_path above all: it is not part of what CREATE DATABASE copies. */
const settingsOf = async (session: Session, database: string): Promise<readonly string[]> => {
  const { rows } = await session.query<{ setting: string }>(
    `SELECT pg_catalog.unnest(s.setconfig) AS setting
     FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = $1 AND s.setrole = 0`,
    [database],
  );
  return rows.map(({ setting }) => setting);
};

const keepSettings = async (settings: readonly string[], database: ConnectionSettings) => {
  if (settings.length === 0) return;
  await withSession(database, async (session) => {
    for (const setting of settings) await keepSetting(session, database.database, setting);
  });
};

// A list such as search_path's cannot be written as one literal, so it is set in the session and copied FROM CURRENT.
const keepSetting = async (session: Session, database: string, setting: string) => {
  const [name = '', value] = [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)];
  try {
    await session.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]);
    const quoted = name.split('.').map(pg.escapeIdentifier).join('.');
    await session.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} SET ${quoted} FROM CURRENT`);
  } catch (error) {
    // A superuser's setting, such as what is logged: it changes nothing about a rehearsal.
    if (sqlStateOf(error) !== '42501') throw error;
  }
};

/** `server` is a database to which no session of the migrations goes; `strategy` is added to every copy. */
export const openScratchDatabases = (
  server: ConnectionSettings,
  { strategy }: { readonly strategy: string },
): ScratchDatabases => {
  const prefix = `migration_checklist_rehearsal_${randomBytes(4).toString('hex')}`;
  const existing = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let count = 0;
  let isClosed = false;

  const sessions = keepSessions(server);

  const track = <T>(work: Promise<T>): Promise<T> => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  };

  const make = (create: (session: Session, name: string) => Promise<unknown>) => {
    if (isClosed) throw new PlatformFailed('the rehearsal has ended; no database is made any more');
    count += 1;
    const name = `${prefix}_${count}`;
    existing.add(name);
    return track(sessions.use((session) => create(session, name)).then(() => ({ ...server, database: name })));
  };

  const dropNow = async (name: string) => {
    await sessions.use((session) => dropDatabase(session, name));
    existing.delete(name);
  };

  const settle = async () => {
    await Promise.allSettled([...underWay]);
  };

  return {
    settle,
    makeEmpty: async () =>
      make(async (session, name) => {
        await dropExpiredScratches(session, new Date());
        await createScratch(session, name, newNote(name, new Date()));
      }),
    copy: async (template) => {
      let settings: readonly string[] = [];
      const copied = await make(async (session, name) => {
        settings = await settingsOf(session, template.database);
        await session.query(
          `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template.database)} ${strategy} CONNECTION LIMIT ${madeByUs}`,
        );
        await writeNote(session, name, newNote(name, new Date()));
      });
      await keepSettings(settings, copied);
      return copied;
    },
    copySettings: async (from, to) =>
      keepSettings(await sessions.use((session) => settingsOf(session, from.database)), to),
    endSessions: ({ database }) => sessions.use((session) => endOwnSessions(session, database)),
    drop: ({ database }) => {
      // A database that cannot be dropped now is tried again at close, which then reports the error.
      track(dropNow(database)).catch(() => undefined);
    },
    close: async () => {
      isClosed = true;
      await settle();
      try {
        for (const name of existing) await dropNow(name);
      } finally {
        await sessions.close();
      }
    },
  };
};
