import { madeByUs, newNote } from '#adapters/postgres/scratch/scratch-database';
import { withScratchDatabase } from '#adapters/postgres/scratch/with-scratch-database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { target, withServer } from '#test/support/backups';
import { withClient, withDatabase } from '#test/support/postgres';

const scratch = 'migration_checklist_with_scratch';

const toolsAt = (connection: ConnectionSettings) => ({
  connection: async ({ database = connection.database }) => ({ ...connection, database }),
  clock: { now: () => new Date() },
});

const run = (connection: ConnectionSettings, sql: string) => withClient(connection, (client) => client.query(sql));

const exists = (database: string) =>
  withServer(
    async (server) => (await server.query('SELECT FROM pg_database WHERE datname = $1', [database])).rowCount === 1,
  );

const commentOf = (database: string) =>
  withServer(async (server) => {
    const { rows } = await server.query(
      "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
      [database],
    );
    return String(rows[0]?.comment);
  });

test('it is there as long as the work runs, with a note that expires after a day', () =>
  withDatabase(async (connection) => {
    const before = Date.now();

    const comment = await withScratchDatabase(toolsAt(connection), target, scratch, () => commentOf(scratch));

    const { createdAt, expiresAt, ...note } = JSON.parse(comment);
    expect(note).toEqual({ madeBy: 'migration-checklist', name: scratch, isReady: false });
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(24 * 3_600_000);
    expect(await exists(scratch)).toBe(false);
  }));

/** As it is written now, and as it was before databases of restores carried a note. */
const ownComments: readonly (readonly [string, string])[] = [
  ['a note', JSON.stringify(newNote(scratch, new Date()))],
  ['the earlier comment', 'scratch database of migration-checklist: safe to drop'],
];

test.each(ownComments)('one that was left behind with %s is replaced', (_, comment) =>
  withDatabase(async (connection) => {
    await withServer(async (server) => {
      await server.query(`CREATE DATABASE ${scratch}`);
      await server.query(`COMMENT ON DATABASE ${scratch} IS '${comment}'`);
    });
    await run({ ...connection, database: scratch }, 'CREATE TABLE left_behind ()');

    await withScratchDatabase(toolsAt(connection), target, scratch, async (made) => {
      expect((await run(made, "SELECT to_regclass('left_behind') AS found")).rows).toEqual([{ found: null }]);
    });

    expect(await exists(scratch)).toBe(false);
  }),
);

test('one whose maker was killed before it could write the comment is replaced', () =>
  withDatabase(async (connection) => {
    await withServer((server) => server.query(`CREATE DATABASE ${scratch} CONNECTION LIMIT ${madeByUs}`));

    await withScratchDatabase(toolsAt(connection), target, scratch, async () => undefined);

    expect(await exists(scratch)).toBe(false);
  }));

const othersComments: readonly (readonly [string, string])[] = [
  ['no comment', 'NULL'],
  ["somebody's comment", "'safe to drop'"],
  ["somebody's note", `'{"madeBy": "somebody"}'`],
];

test.each(othersComments)('a database of that name with %s is refused and kept', (_, comment) =>
  withDatabase(async (connection) => {
    const theirs = 'migration_checklist_somebodys';
    await withServer(async (server) => {
      await server.query(`CREATE DATABASE ${theirs}`);
      try {
        await server.query(`COMMENT ON DATABASE ${theirs} IS ${comment}`);

        await expect(
          withScratchDatabase(toolsAt(connection), target, theirs, async () => undefined),
        ).rejects.toMatchObject({
          name: 'VerificationFailed',
          message: expect.stringMatching(
            /^database "migration_checklist_somebodys" was not made by .* drop it by hand$/,
          ),
        });
        expect(await exists(theirs)).toBe(true);
      } finally {
        await server.query(`DROP DATABASE ${theirs}`);
      }
    });
  }),
);

test('neither the database itself is replaced, nor one made whose name would not be found again', () =>
  withDatabase(async (connection) => {
    const make = (name: string) => withScratchDatabase(toolsAt(connection), target, name, async () => undefined);

    await expect(make(connection.database)).rejects.toMatchObject({ name: 'VerificationFailed' });
    await expect(make('restore')).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringMatching(
        /^"restore" is not the name of a scratch database; .* begins with migration_checklist_/,
      ),
    });
    expect(await Promise.all([exists(connection.database), exists('restore')])).toEqual([true, false]);
  }));

test('a session that is lost while the database is made is DatabaseUnreachable, as when its branch was taken away', () =>
  withDatabase((connection) =>
    withServer(async (server) => {
      // Holds back whoever copies template0.
      await server.query("BEGIN; COMMENT ON DATABASE template0 IS 'held'");
      const making = withScratchDatabase(toolsAt(connection), target, scratch, async () => undefined);
      making.catch(() => undefined);
      // Within the transaction pg_stat_activity would stay as it was first seen.
      const endWaiting = `
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE DATABASE "${scratch}"%'`;
      while ((await run(connection, endWaiting)).rowCount === 0);
      await server.query('ROLLBACK');

      await expect(making).rejects.toMatchObject({ name: 'DatabaseUnreachable', retry: 'later' });
    }),
  ));
