import { setTimeout as sleep } from 'node:timers/promises';
import { createScratch, dropScratch, newNote } from '#adapters/postgres/scratch/scratch-database';
import { withOwnSession } from '#adapters/postgres/session/session';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withServer } from '#test/support/backups';
import { withClient, withDatabase } from '#test/support/postgres';

/** A database with this locale, and a scratch database that was made from a session in it. */
const withScratchOf = (
  locale: string,
  work: (source: ConnectionSettings, scratch: ConnectionSettings) => Promise<void>,
): Promise<void> =>
  withDatabase(async (connection) => {
    const source = { ...connection, database: `${connection.database}_source` };
    const database = `migration_checklist_${connection.database}`;
    await withServer(async (server) => {
      await server.query(`CREATE DATABASE ${source.database} TEMPLATE template0 ${locale}`);
      try {
        await withOwnSession(source, (session) => createScratch(session, database, newNote(database, new Date())));
        await work(source, { ...source, database });
      } finally {
        await withOwnSession(connection, (session) => dropScratch(session, database));
        await server.query(`DROP DATABASE ${source.database} WITH (FORCE)`);
      }
    });
  });

const rowOf = (connection: ConnectionSettings, sql: string): Promise<Record<string, unknown>> =>
  withClient(connection, async (client) => (await client.query(sql)).rows[0]);

const localeSql = `
  SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, datlocprovider, datlocale, daticurules
  FROM pg_database WHERE datname = current_database()`;

const sortedSql =
  "SELECT string_agg(letter, '' ORDER BY letter) AS sorted FROM unnest('{a,b,z,Z,ä}'::text[]) AS letter";

/** What each locale is, and the order in which it puts the letters. */
const locales: readonly (readonly [provider: string, locale: string, sorted: string])[] = [
  ['libc', "LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'", 'Zabzä'],
  ['builtin', "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' ENCODING 'UTF8'", 'Zabzä'],
  ['ICU', "LOCALE_PROVIDER icu ICU_LOCALE 'sv' ENCODING 'UTF8'", 'abzZä'],
  ['ICU with rules', "LOCALE_PROVIDER icu ICU_LOCALE 'en' ICU_RULES '&a < z' ENCODING 'UTF8'", 'aäzbZ'],
];

test.each(locales)('a scratch database sorts as its source does: %s', (_, locale, sorted) =>
  withScratchOf(locale, async (source, scratch) => {
    expect(await rowOf(scratch, localeSql)).toEqual(await rowOf(source, localeSql));
    expect(await rowOf(source, sortedSql)).toEqual({ sorted });
    expect(await rowOf(scratch, sortedSql)).toEqual({ sorted });
  }),
);

test('a scratch database that somebody still works on is dropped when that work has ended', () =>
  withDatabase(async (connection) => {
    const database = `migration_checklist_${connection.database}`;
    await withOwnSession(connection, (session) => createScratch(session, database, newNote(database, new Date())));
    await withClient(connection, async (other) => {
      await other.query('BEGIN');
      // Locks the database itself, so that it cannot be dropped before the commit.
      await other.query(`COMMENT ON DATABASE ${database} IS '${JSON.stringify(newNote(database, new Date()))}'`);
      const dropped = withOwnSession(connection, async (session) => {
        await session.query("SET lock_timeout = '100ms'");
        await dropScratch(session, database);
      });
      await sleep(1_000);
      await other.query('COMMIT');
      await dropped;
    });
    expect(await rowOf(connection, `SELECT count(*)::int FROM pg_database WHERE datname = '${database}'`)).toEqual({
      count: 0,
    });
  }));
