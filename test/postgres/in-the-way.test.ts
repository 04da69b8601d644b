/** Who is in the way of locks before anybody waits for them, and who of them is ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { target, withTarget } from './database-arrangements';

const tables = 'CREATE TABLE jobs (id int PRIMARY KEY); CREATE TABLE users (id int PRIMARY KEY)';
const locks = [{ relation: 'public.jobs', mode: 'AccessExclusiveLock' }];

/** Sessions by their names, each with what it runs; open until the callback is over. */
const withSessions = async <T>(
  { host, port, user, password, database }: ConnectionSettings,
  names: readonly string[],
  work: (sessions: readonly pg.Client[]) => Promise<T>,
): Promise<T> => {
  const sessions = names.map((name) => new pg.Client({ host, port, user, password, database, application_name: name }));
  for (const session of sessions) session.on('error', () => undefined);
  await Promise.all(sessions.map((session) => session.connect()));
  try {
    return await work(sessions);
  } finally {
    // It outlives every session, and keeps the database from being dropped.
    await sessions.at(-1)?.query("ROLLBACK PREPARED 'left'");
    await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
  }
};

const names = ['holder', 'root', 'other table', 'prepared'];

test('roots, prepared transactions, and nobody else; of those who are named only who still is in the way is ended', () =>
  withTarget(tables, ({ database, connection }) =>
    withSessions(connection, names, async ([holder, root, other, prepared]) => {
      await root?.query('BEGIN; INSERT INTO users VALUES (1)');
      // Holds what is needed and waits itself: ending it would help, and the one it waits for is the root.
      await holder?.query('BEGIN; LOCK TABLE jobs IN ACCESS SHARE MODE');
      void holder?.query('INSERT INTO users VALUES (1)').catch(() => undefined);
      await other?.query('BEGIN; LOCK TABLE users IN ACCESS SHARE MODE');
      await prepared?.query("BEGIN; LOCK TABLE jobs IN ROW SHARE MODE; PREPARE TRANSACTION 'left'");
      await sleep(1_200);

      const seen = await database.readInTheWay(target, locks);

      expect(
        seen.sessions.map(({ application, waiting, query, state }) => ({ application, waiting, query, state })),
      ).toEqual([
        { application: 'root', waiting: 1, query: 'BEGIN; INSERT INTO users VALUES (?)', state: 'idle in transaction' },
      ]);
      expect(seen.prepared).toMatchObject([{ name: 'left' }]);
      expect(seen.tables).toEqual(['public.jobs']);
      // A weaker lock is in nobody's way.
      const weaker = await database.readInTheWay(target, [{ relation: 'public.jobs', mode: 'AccessShareLock' }]);
      expect([weaker.sessions, weaker.prepared]).toEqual([[], []]);

      const [found] = seen.sessions;
      const named = {
        processId: found?.processId ?? 0,
        startedAt: found?.startedAt ?? '',
        application: 'root',
        role: 'owner',
      };
      const asLater = { ...named, startedAt: '2026-11-22T08:00:00.000001Z' };
      const { rows } = (await other?.query<{ pid: number; began: string }>(
        `SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS began FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
      )) ?? { rows: [] };
      const bystander = { ...named, processId: rows[0]?.pid ?? 0, startedAt: rows[0]?.began ?? '' };
      const outcomes = await database.endInTheWay(target, locks, [asLater, bystander, named, named]);

      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['gone', 'not in the way', 'ended', 'gone']);
      expect((await other?.query('SELECT 1 AS there'))?.rows).toEqual([{ there: 1 }]);
    }),
  ));
