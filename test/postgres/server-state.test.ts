/** What is read of the server outside of a catalog: by a role that may do nothing, and each kind of change as one line. */
import { randomBytes } from 'node:crypto';
import { serverStateDifference } from '#domain/environment/server-state';
import { withClient } from '#test/support/postgres';
import { databaseAt, target, withLimitedRole, withTarget } from './database-arrangements';

const differenceAfter = (sql: (names: { role: string; database: string; limited: string }) => readonly string[]) =>
  withTarget('', (arranged) =>
    withLimitedRole(arranged, async ({ name: limited, connection }) => {
      const role = `kept_${randomBytes(4).toString('hex')}`;
      const { database } = connection;
      // Read by a role without any right.
      const { readServerState } = databaseAt(connection);
      const before = await readServerState(target);
      try {
        for (const statement of sql({ role, database, limited })) await arranged.query(statement);
        const after = await readServerState(target);
        return {
          role,
          database,
          limited,
          // Tests beside this one make roles and databases too.
          difference: serverStateDifference(before, after).filter((line) =>
            [role, database, limited, 'tests_'].some((name) => line.includes(name)),
          ),
          back: serverStateDifference(after, before),
        };
      } finally {
        await arranged.query(`DROP ROLE IF EXISTS ${role}`);
      }
    }),
  );

test('a server that nobody has touched does not differ', () =>
  withTarget('', async ({ database }) => {
    const [one, other] = [await database.readServerState(target), await database.readServerState(target)];

    const own = (state: typeof one) => ({
      ...state,
      databases: state.databases.filter((d) => d.name === state.database),
    });
    expect(own(one).databases).toHaveLength(1);
    expect(serverStateDifference(own(one), own(other)).filter((line) => line.includes(one.database))).toEqual([]);
  }));

test('roles, memberships, settings, privileges, owners, limits and comments are told one by one, no password among them', async () => {
  const { role, database, limited, difference } = await differenceAfter((names) => [
    `CREATE ROLE ${names.role} LOGIN CREATEDB CONNECTION LIMIT 3 PASSWORD 'geheim' VALID UNTIL '2031-01-01 00:00:00+00'`,
    `GRANT pg_read_all_stats TO ${names.role} WITH ADMIN OPTION`,
    `ALTER ROLE ${names.limited} SET statement_timeout = '5s'`,
    `ALTER ROLE ${names.limited} IN DATABASE ${names.database} SET work_mem = '8MB'`,
    `ALTER DATABASE ${names.database} SET timezone = 'Asia/Tokyo'`,
    `ALTER DATABASE ${names.database} SET app.jwt_secret = 'geheim'`,
    `REVOKE TEMPORARY ON DATABASE ${names.database} FROM PUBLIC`,
    `ALTER DATABASE ${names.database} CONNECTION LIMIT 7`,
    `COMMENT ON ROLE ${names.limited} IS 'nobody'`,
    `ALTER ROLE ${names.limited} NOINHERIT`,
  ]);

  expect(difference).toHaveLength(10);
  expect(difference).toEqual(
    expect.arrayContaining([
      `role "${role}" was made: LOGIN CREATEDB CONNECTION LIMIT 3 VALID UNTIL 2031-01-01T00:00:00.000Z`,
      expect.stringMatching(/^role "limited_\w+" changed from LOGIN to LOGIN NOINHERIT$/),
      expect.stringMatching(`^membership of "${role}" in "pg_read_all_stats", granted by "owner" was made: ADMIN`),
      expect.stringMatching(`^setting app.jwt_secret of database "${database}" was made: hidden, sha256 [0-9a-f]{16}$`),
      `setting TimeZone of database "${database}" was made: Asia/Tokyo`,
      `setting work_mem of role "${limited}" in database "${database}" was made: 8MB`,
      `setting statement_timeout of role "${limited}" was made: 5s`,
      expect.stringContaining(`database "${database}" changed from owner "owner", TABLESPACE pg_default to`),
      `privileges of database "${database}" changed from privileges =Tc/owner, owner=CTc/owner to privileges =c/owner, owner=CTc/owner`,
      `note on role "${limited}" was made: comment: nobody`,
    ]),
  );

  expect(JSON.stringify(difference)).not.toContain('geheim');
});

test('what was there and is gone is told with what it was', async () => {
  const { role, back } = await differenceAfter(({ role }) => [`CREATE ROLE ${role}`]);

  expect(back).toContain(`role "${role}" is gone: was NOLOGIN`);
});

test('a REVOKE that is granted again leaves no difference', async () => {
  const { difference } = await differenceAfter(({ database }) => [
    `REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO PUBLIC`,
  ]);

  expect(difference).toEqual([]);
});

test('sessions that an administrator has ended are counted, those that end themselves are not', () =>
  withTarget('', async ({ database, connection, query }) => {
    const before = await database.readServerState(target);
    await withClient(connection, (client) => client.query('SELECT 1'));
    const quiet = await database.readServerState(target);
    await withClient(connection, async (client) => {
      client.on('error', () => undefined);
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await query(`SELECT pg_terminate_backend(${rows[0].pid}, 5000)`);
    });
    const after = await database.readServerState(target);

    const own = (line: string) => line.includes(connection.database);
    expect(serverStateDifference(before, quiet).filter(own)).toEqual([]);
    expect(serverStateDifference(before, after).filter(own)).toEqual([
      `database "${connection.database}": an administrator's command ended 1 session`,
    ]);
  }));
