import pg from 'pg';
import { databaseAt, plan, target, withLimitedRole, withTarget } from './database-arrangements';

test('the database says who and what it is', () =>
  withTarget('', async ({ database, connection }) => {
    const identity = await database.identify(target);

    expect(identity).toEqual({
      database: connection.database,
      user: 'owner',
      isInRecovery: false,
      tls: false,
      serverVersion: expect.any(Number),
      systemIdentifier: expect.stringMatching(/^\d{15,}$/),
    });
    expect(Math.floor(identity.serverVersion / 10_000)).toBe(17);
  }));

test('a role that may not read the system identifier learns the rest', () =>
  withTarget('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC', (arranged) =>
    withLimitedRole(arranged, async ({ name, connection }) => {
      const identity = await databaseAt(connection).identify(target);

      expect(identity).toMatchObject({ user: name, systemIdentifier: null });
    }),
  ));

test('tables are read with size, rows and traffic, ours left out, a partitioned one with the sum of its parts', () =>
  withTarget(
    `CREATE SCHEMA "Odd"; CREATE TABLE "Odd"."My table" (id int PRIMARY KEY);
     CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
     CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
     CREATE TABLE events_26 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     INSERT INTO events SELECT n, date '2025-01-01' + n FROM generate_series(1, 600) n;
     ANALYZE events_25; ANALYZE events_26; SELECT count(*) FROM events`,
    async ({ database }) => {
      await database.applyMigration(target, plan(['SELECT 1']));

      const tables = await database.readTableStatistics(target);

      expect(tables.map(({ table }) => table)).toEqual([
        'Odd.My table',
        'public.events',
        'public.events_25',
        'public.events_26',
      ]);
      const [odd, events, ...parts] = tables;
      expect(odd).toMatchObject({ estimatedRows: 0, rowsWritten: 0 });
      expect(odd?.sizeBytes).toBeGreaterThan(0);
      expect(events).toMatchObject({ estimatedRows: 600, rowsWritten: 600 });
      expect(events?.sizeBytes).toBe(parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
      expect(events?.sequentialScans).toBeGreaterThan(0);
      expect(events?.countedSeconds).toBeGreaterThanOrEqual(1);
    },
  ));

test('how many rows a table has is unknown until it was analysed with rows in it, and so it is of a partitioned one', () =>
  withTarget(
    `CREATE TABLE empty (id int); CREATE TABLE filled (id int); CREATE TABLE filled_later (id int); CREATE TABLE emptied (id int);
     CREATE TABLE events (at date) PARTITION BY RANGE (at);
     CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
     CREATE TABLE events_26 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     INSERT INTO filled SELECT generate_series(1, 600); ANALYZE filled_later; INSERT INTO filled_later VALUES (1);
     INSERT INTO emptied VALUES (1); DELETE FROM emptied; ANALYZE emptied;
     INSERT INTO events VALUES ('2025-02-01'), ('2026-02-01'); ANALYZE events_25`,
    async ({ database }) => {
      const tables = await database.readTableStatistics(target);

      expect(Object.fromEntries(tables.map(({ table, estimatedRows }) => [table, estimatedRows]))).toEqual({
        'public.empty': 0,
        'public.emptied': 0,
        'public.filled': null,
        'public.filled_later': null,
        'public.events': null,
        'public.events_25': 1,
        'public.events_26': null,
      });
    },
  ));

test('the size of the database is read in bytes', () =>
  withTarget('', async ({ database, query }) => {
    const [row] = await query('SELECT pg_database_size(current_database())::int AS size');

    expect(await database.readDatabaseSize(target)).toBe(row?.['size']);
  }));

test('a role without rights lacks each of them, and has what it was given', () =>
  withTarget(
    'CREATE TABLE jobs (id int PRIMARY KEY); CREATE TABLE "Users" (id int PRIMARY KEY); CREATE SCHEMA app',
    (arranged) =>
      withLimitedRole(arranged, async (role) => {
        await arranged.query(
          `CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO ${role.name}; GRANT REFERENCES ON "Users" TO ${role.name};
         GRANT UPDATE (id) ON jobs TO ${role.name};
         GRANT CREATE ON SCHEMA app TO ${role.name}`,
        );

        const privileges = await databaseAt(role.connection).readPrivileges(target, [
          { kind: 'create in schema', schema: 'public' },
          { kind: 'create in schema', schema: 'app' },
          { kind: 'own relation', relation: 'public.jobs' },
          { kind: 'own relation', relation: 'mine' },
          { kind: 'reference relation', relation: 'public.jobs' },
          { kind: 'reference relation', relation: 'public."Users"' },
          { kind: 'reference relation', relation: 'public.Users' },
          { kind: 'change rows', relation: 'public.jobs', privilege: 'INSERT' },
          { kind: 'change rows', relation: 'public.jobs', privilege: 'UPDATE' },
          { kind: 'change rows', relation: 'public.jobs', privilege: 'DELETE' },
          { kind: 'change rows', relation: 'mine', privilege: 'TRUNCATE' },
        ]);

        expect(privileges).toEqual([
          { need: 'CREATE in schema public', held: false },
          { need: 'CREATE in schema app', held: true },
          { need: 'ownership of public.jobs', held: false },
          { need: 'ownership of mine', held: true },
          { need: 'REFERENCES on public.jobs', held: false },
          { need: 'REFERENCES on public."Users"', held: true },
          { need: 'REFERENCES on public.Users', held: true },
          { need: 'INSERT on public.jobs', held: false },
          { need: 'UPDATE on public.jobs', held: true },
          { need: 'DELETE on public.jobs', held: false },
          { need: 'TRUNCATE on mine', held: true },
          { need: 'to write the ledger in schema migration_checklist', held: false },
        ]);
      }),
  ));

test('what is not there yet is not held against the role', () =>
  withTarget('', (arranged) =>
    withLimitedRole(arranged, async (role) => {
      const privileges = await databaseAt(role.connection).readPrivileges(target, [
        { kind: 'reference relation', relation: 'public.users' },
      ]);

      expect(privileges[0]).toEqual({
        need: 'REFERENCES on public.users (not there yet: the migration makes it)',
        held: true,
      });
    }),
  ));

test('the owner holds everything, the ledger included, before and after it was made', () =>
  withTarget('CREATE TABLE jobs (id int)', async ({ database }) => {
    const needs = [{ kind: 'own relation', relation: 'public.jobs' }] as const;

    const before = await database.readPrivileges(target, needs);
    await database.applyMigration(target, plan(['SELECT 1']));
    const after = await database.readPrivileges(target, needs);

    expect([...before, ...after].map(({ held }) => held)).toEqual([true, true, true, true]);
  }));

test('of tables that are locked against reading, sizes and rows are estimated, without a wait that ends in an error', () =>
  withTarget(
    `CREATE TABLE free (id int PRIMARY KEY); CREATE TABLE events (at date) PARTITION BY RANGE (at);
     CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
     INSERT INTO free SELECT generate_series(1, 5000);
     INSERT INTO events SELECT date '2025-01-01' FROM generate_series(1, 600); ANALYZE free; ANALYZE events_25`,
    async ({ database, connection }) => {
      const { host, port, user, password, database: name } = connection;
      const measured = await database.readTableStatistics(target);
      const holder = new pg.Client({ host, port, user, password, database: name });
      await holder.connect();
      await holder.query('BEGIN; LOCK TABLE events, events_25 IN ACCESS EXCLUSIVE MODE');

      const withheld = await database.readWithheld(target);
      const estimated = await database.estimateTableStatistics(target);
      await holder.end();

      expect(withheld).toEqual([
        { relation: 'public.events', mode: 'AccessShareLock' },
        { relation: 'public.events_25', mode: 'AccessShareLock' },
      ]);
      expect(estimated.map(({ table, estimatedRows }) => [table, estimatedRows])).toEqual(
        measured.map(({ table, estimatedRows }) => [table, estimatedRows]),
      );
      for (const [index, { sizeBytes }] of estimated.entries()) {
        // Without the map of free pages.
        expect(sizeBytes).toBeGreaterThan(0);
        expect(sizeBytes).toBeLessThanOrEqual(measured[index]?.sizeBytes ?? 0);
      }
    },
  ));
