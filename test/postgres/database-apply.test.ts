import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { limits, plan, planBack, statements, target, withTarget } from './database-arrangements';

const jobs =
  'CREATE TABLE jobs (id bigint PRIMARY KEY, note varchar(10)); INSERT INTO jobs SELECT n FROM generate_series(1, 500) n';

test('a rehearsal measures per statement what was locked, scanned and rewritten, and commits', () =>
  withTarget(jobs, async ({ database, query }) => {
    const runs = await database.rehearse(
      target,
      'up',
      statements(
        'CREATE TABLE other (id int)',
        'ALTER TABLE jobs ADD CONSTRAINT jobs_id_positive CHECK (id > 0)',
        'ALTER TABLE jobs ALTER COLUMN id TYPE numeric',
        'UPDATE jobs SET note = 1 WHERE id <= 7',
        'INSERT INTO other VALUES (1)',
      ),
      limits,
    );

    expect(runs.map(({ rowsAffected }) => rowsAffected)).toEqual([null, null, null, 7, 1]);
    expect(runs[0]).toMatchObject({
      index: 0,
      line: 1,
      summary: 'CREATE TABLE other (id int)',
      locks: [],
      rowsScanned: 0,
    });
    expect(runs[1]).toMatchObject({ rewritten: [], rowsScanned: 500 });
    expect(runs[1]?.locks).toContainEqual({
      relation: 'public.jobs',
      mode: 'AccessExclusiveLock',
      fromMs: runs[1]?.startedAtMs,
      heldMs: expect.any(Number),
    });
    expect(runs[2]?.rewritten).toEqual(['public.jobs']);
    expect(runs[4]).toMatchObject({ locks: [], rewritten: [], rowsScanned: 0 });
    const lock = runs[1]?.locks.find(({ relation }) => relation === 'public.jobs');
    const later = runs.slice(1).reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(lock?.heldMs).toBeGreaterThanOrEqual(later);
    expect(await query('SELECT count(*)::int AS n FROM other')).toEqual([{ n: 1 }]);
  }));

test('a rehearsal measures what each statement wrote: rows, growth and the notices of the server', () =>
  withTarget(jobs, async ({ database }) => {
    const runs = await database.rehearse(
      target,
      'up',
      statements(
        "COMMENT ON TABLE jobs IS 'work'",
        "UPDATE jobs SET note = 'x'",
        'CREATE INDEX jobs_note ON jobs (note)',
        'REINDEX INDEX jobs_pkey',
        'DROP TABLE IF EXISTS nowhere',
        "DO $$ BEGIN FOR n IN 1..30 LOOP RAISE NOTICE 'row %', n; END LOOP; END $$",
        'TRUNCATE jobs',
      ),
      limits,
    );

    const [comment, update, index, reindex, drop, loop, truncate] = runs;
    expect(comment).toMatchObject({ rowsWritten: 0, sizeChangeBytes: 0, notices: [] });
    expect(update).toMatchObject({ rowsWritten: 500, rowsScanned: 500 });
    expect(update?.sizeChangeBytes).toBeGreaterThan(0);
    expect(index?.sizeChangeBytes).toBeGreaterThanOrEqual(16_384);
    expect(reindex).toMatchObject({ rebuilt: ['public.jobs_pkey'], rewritten: [], rowsWritten: 0 });
    expect(drop?.notices).toEqual(['NOTICE: table "nowhere" does not exist, skipping']);
    expect(loop?.notices).toHaveLength(20);
    expect(loop?.notices.slice(-2)).toEqual(['NOTICE: row 19', '… and 11 more']);
    expect(truncate).toMatchObject({ emptied: ['public.jobs'], rewritten: [] });
    expect(truncate?.sizeChangeBytes).toBeLessThan(0);
  }));

const longValues = (first: number, last: number) =>
  `INSERT INTO pages SELECT n, (SELECT string_agg(md5(n::text || m), '') FROM generate_series(1, 200) m) FROM generate_series(${first}, ${last}) n`;

test('what the statements did to sizes adds up to what PostgreSQL says, long values and dropped indexes included', () =>
  withTarget(
    `CREATE TABLE pages (id bigint PRIMARY KEY, body text); CREATE INDEX pages_body ON pages (md5(body)); ${longValues(1, 50)}`,
    async ({ database, query }) => {
      const size = async () =>
        Number(
          (
            await query(
              "SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            )
          )[0]?.['bytes'],
        );
      const before = await size();

      const runs = await database.rehearse(
        target,
        'up',
        statements(
          'ALTER TABLE pages ADD COLUMN seen boolean',
          longValues(51, 250),
          'CREATE INDEX pages_seen ON pages (seen)',
          "UPDATE pages SET body = body || 'x' WHERE id < 20",
          'DROP INDEX pages_body',
          'CREATE TABLE copies AS SELECT * FROM pages',
          'SELECT count(*) FROM pages',
        ),
        limits,
      );

      const changes = runs.map(({ sizeChangeBytes }) => sizeChangeBytes ?? 0);
      expect(changes.reduce((sum, bytes) => sum + bytes, before)).toBe(await size());
      expect(changes.map(Math.sign)).toEqual([0, 1, 1, 1, -1, 1, 0]);
    },
  ));

test('on the target, where others write as well, log and growth are not measured', () =>
  withTarget(jobs, async ({ database }) => {
    const { statements: runs } = await database.applyMigration(target, plan(["UPDATE jobs SET note = 'x'"]));

    expect(runs).toMatchObject([{ rowsWritten: 500, walBytes: null, sizeChangeBytes: null }]);
  }));

test('the summary of a statement is its first line that is not a comment', () =>
  withTarget('', async ({ database }) => {
    const runs = await database.rehearse(target, 'up', statements('-- why\n\nCREATE TABLE t (\n  id int)'), limits);

    expect(runs[0]?.summary).toBe('CREATE TABLE t (');
  }));

test('a failing statement is named with line, SQLSTATE and hint, and nothing of the migration stays', () =>
  withTarget('CREATE TABLE jobs (status text)', async ({ database, query }) => {
    const failure = database.rehearse(
      target,
      'up',
      statements('CREATE TABLE a (id int)', 'SELECT stotus FROM jobs'),
      limits,
    );

    await expect(failure).rejects.toMatchObject({
      name: 'StatementFailed',
      message: expect.stringMatching(
        /^statement 2 \(line 2\): column "stotus" does not exist \(SQLSTATE 42703\); hint: .*status/,
      ),
      details: { sqlState: '42703', line: 2, statement: 1 },
    });
    expect(await query("SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);
  }));

test('a statement that runs longer than the limit is a failure', () =>
  withTarget('', async ({ database }) => {
    const failure = database.rehearse(target, 'up', statements('SELECT pg_sleep(30)'), {
      ...limits,
      statementTimeoutMs: 50,
    });

    await expect(failure).rejects.toMatchObject({ name: 'StatementFailed', details: { sqlState: '57014' } });
  }));

test('a migration that commits by itself is refused', () =>
  withTarget('', async ({ database }) => {
    const failure = database.rehearse(target, 'up', statements('CREATE TABLE a (id int)', 'COMMIT'), limits);

    await expect(failure).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('statement 2 (line 2) ended the transaction'),
    });
  }));

test('a look that fails after a statement is not reported as if the statement had ended the transaction', () =>
  withTarget('', async ({ database }) => {
    const hidden = "DO $$ BEGIN EXECUTE 'DEALLO' || 'CATE ALL'; END $$";
    const failure = database.rehearse(target, 'up', statements('SELECT 1', hidden, 'SELECT 2'), limits);

    await expect(failure).rejects.toThrow('prepared statement "migration-checklist look with sizes" does not exist');
  }));

test('the ledger row is written with the migration, by the clock of the database', () =>
  withTarget('', async ({ database, query }) => {
    const before = new Date((await query('SELECT clock_timestamp() AS at'))[0]?.['at'] as string);

    const {
      entry,
      statements: runs,
      wasAppliedBefore,
    } = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));

    expect(wasAppliedBefore).toBe(false);
    expect(runs).toHaveLength(1);
    expect(entry).toEqual({
      version: '001',
      migration: '001_create_jobs.sql',
      sha256: 'a'.repeat(64),
      owner: null,
      signOff: null,
      state: { state: 'applied', reason: '', by: 'run-1', since: expect.stringMatching(/Z$/) },
      runId: 'run-1',
      appliedBy: 'ada@example.org',
      catalogFingerprint: null,
      toolRow: null,
      rolledBackAt: null,
      appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      durationMs: expect.any(Number),
    });
    expect(new Date(entry.appliedAt).getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(await database.readLedger(target)).toEqual([entry]);
    expect(await database.establishOutcome(target, { version: '001', runId: 'run-1' })).toEqual({
      entry,
      progress: null,
    });
  }));

test('the same run applies once, however often it asks', () =>
  withTarget('', async ({ database }) => {
    const first = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    const second = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));

    expect(second).toEqual({ entry: first.entry, statements: [], wasAppliedBefore: true });
  }));

test('a version that another run applied is refused and named', () =>
  withTarget('', async ({ database, query }) => {
    await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));

    const second = database.applyMigration(target, plan(['CREATE TABLE b (id int)'], { runId: 'run-2' }));

    await expect(second).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('version 001 was applied as 001_create_jobs.sql by run run-1'),
    });
    expect(await query("SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
  }));

test('a failing migration leaves no ledger row', () =>
  withTarget('', async ({ database }) => {
    const failure = database.applyMigration(target, plan(['CREATE TABLE a (id int)', 'SELECT 1 / 0']));

    await expect(failure).rejects.toMatchObject({ name: 'StatementFailed', details: { sqlState: '22012' } });
    expect(await database.readLedger(target)).toEqual([]);
    expect(await database.establishOutcome(target, { version: '001', runId: 'run-1' })).toEqual({
      entry: null,
      progress: null,
    });
  }));

test('a deferred constraint that fails at the end is the failure of the migration', () =>
  withTarget(
    'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a DEFERRABLE INITIALLY DEFERRED)',
    async ({ database, query }) => {
      const failure = database.applyMigration(target, plan(['INSERT INTO b VALUES (7)']));

      await expect(failure).rejects.toMatchObject({
        name: 'StatementFailed',
        message: expect.stringMatching(/^a deferred constraint, checked after statement 1 \(line 1\): .*23503/),
        details: { sqlState: '23503' },
      });
      expect(await query('SELECT FROM b')).toEqual([]);
      expect(await database.readLedger(target)).toEqual([]);
    },
  ));

test('what fails at the commit itself is a failure too, and nothing stays', () =>
  withTarget(
    `CREATE TABLE a (id int PRIMARY KEY);
     CREATE TABLE b (a_id int CONSTRAINT b_a_fkey REFERENCES a DEFERRABLE INITIALLY DEFERRED);
     CREATE FUNCTION defer_again() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN SET CONSTRAINTS b_a_fkey DEFERRED; INSERT INTO b VALUES (7); RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER late AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION defer_again()`,
    async ({ database, query }) => {
      const failure = database.applyMigration(target, plan(['INSERT INTO a VALUES (1)']));

      await expect(failure).rejects.toMatchObject({
        name: 'StatementFailed',
        message: expect.stringMatching(/^the commit: .*23503/),
        details: { sqlState: '23503', line: 1, statement: 0 },
      });
      expect(await query('SELECT FROM a')).toEqual([]);
      expect(await database.readLedger(target)).toEqual([]);
    },
  ));

const hostile = [
  'CREATE SCHEMA hostile',
  "CREATE FUNCTION hostile.refuse(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$",
  'CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.refuse)',
  "CREATE FUNCTION hostile.refuse(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$",
  'CREATE OPERATOR hostile.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = hostile.refuse)',
  "CREATE FUNCTION hostile.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1999-01-01'::timestamptz $$",
  'CREATE TABLE hostile.ledger (version text)',
  'CREATE ROLE ROLE_NAME',
];

test('search_path, role and replication role that a migration sets do not reach the ledger', () =>
  withTarget('', async ({ database, connection, query }) => {
    const role = `other_${connection.database}`;
    try {
      const { entry } = await database.applyMigration(
        target,
        plan([
          ...hostile.map((sql) => sql.replace('ROLE_NAME', role)),
          'SET search_path = hostile, pg_catalog',
          "SET DateStyle = 'German'",
          "SET TimeZone = 'Asia/Tokyo'",
          'SET session_replication_role = replica',
          `SET ROLE ${role}`,
        ]),
      );

      expect(Math.abs(Date.now() - new Date(entry.appliedAt).getTime())).toBeLessThan(60_000);
      expect(await database.readLedger(target)).toEqual([entry]);
    } finally {
      await query(`DROP ROLE IF EXISTS ${role}`);
    }
  }));

test('a phase that was committed is not run again, and says what it measured then', () =>
  withTarget('', async ({ database, query }) => {
    const first = await database.rehearse(target, 'up', statements('CREATE TABLE once (id int)'), limits);
    const second = await database.rehearse(target, 'up', statements('CREATE TABLE once (id int)'), limits);

    expect(second).toEqual(first);
    await database.rehearse(target, 'down', statements('DROP TABLE once'), limits);
    expect(await query("SELECT to_regclass('once')::text AS once")).toEqual([{ once: null }]);
  }));

test('what a migration sets holds for its own later statements, though ours run in between', () =>
  withTarget('CREATE SCHEMA app', async ({ database, query }) => {
    await database.rehearse(target, 'up', statements('SET search_path = app', 'CREATE TABLE t (id int)'), limits);
    await database.rehearse(
      target,
      'up again',
      statements("SELECT set_config('search_path', 'app', true)", 'CREATE TABLE u (id int)'),
      limits,
    );

    expect(await query("SELECT to_regclass('app.t')::text AS t, to_regclass('app.u')::text AS u")).toEqual([
      { t: 'app.t', u: 'app.u' },
    ]);
  }));

test("the role's own search_path is the one in which the migration runs", () =>
  withTarget('CREATE SCHEMA app', async ({ database, connection, query }) => {
    await query(`ALTER DATABASE ${connection.database} SET search_path = app`);

    await database.applyMigration(target, plan(['CREATE TABLE t (id int)']));

    expect(await query("SELECT to_regclass('app.t')::text AS t")).toEqual([{ t: 't' }]);
  }));

test('a database that defaults to serializable and read-only transactions can be migrated', () =>
  withTarget('', async ({ database, connection, query }) => {
    await query(`ALTER DATABASE ${connection.database} SET default_transaction_isolation = 'serializable'`);
    await query(`ALTER DATABASE ${connection.database} SET default_transaction_read_only = on`);

    const { entry } = await database.applyMigration(target, plan(['CREATE TABLE t (id int)']));

    expect(await database.readLedger(target)).toEqual([entry]);
  }));

test('a rollback and its mark in the ledger are one transaction, and it is done once', () =>
  withTarget('', async ({ database, query }) => {
    await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    const back = planBack(['DROP TABLE a']);

    const first = await database.rollBack(target, back);
    const second = await database.rollBack(target, back);

    expect(first.statements).toHaveLength(1);
    expect(second).toEqual({ statements: [], rolledBackAt: first.rolledBackAt });
    expect((await database.readLedger(target)).map(({ rolledBackAt }) => rolledBackAt)).toEqual([first.rolledBackAt]);
    expect(await query("SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);
  }));

test('a failing rollback leaves the migration standing', () =>
  withTarget('', async ({ database }) => {
    const { entry } = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));

    const failure = database.rollBack(target, planBack(['DROP TABLE b']));

    await expect(failure).rejects.toMatchObject({ name: 'StatementFailed', details: { sqlState: '42P01' } });
    const begun = { state: 'being rolled back', reason: '', by: 'back-1', since: expect.any(String) };
    expect(await database.readLedger(target)).toEqual([{ ...entry, state: begun }]);
  }));

test('a version that was never applied cannot be rolled back', () =>
  withTarget('', async ({ database }) => {
    const failure = database.rollBack(target, planBack(['SELECT 1'], { version: '009', runId: 'run-1' }));

    await expect(failure).rejects.toMatchObject({ name: 'MigrationRefused' });
  }));

test('after a rollback another run may apply the version, the same run may not', () =>
  withTarget('', async ({ database }) => {
    await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    await database.rollBack(target, planBack(['DROP TABLE a']));

    const same = database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    await expect(same).rejects.toMatchObject({ name: 'MigrationRefused' });
    const other = await database.applyMigration(target, plan(['CREATE TABLE a (id int)'], { runId: 'run-2' }));

    expect(other.wasAppliedBefore).toBe(false);
    expect((await database.readLedger(target)).map(({ runId }) => runId)).toEqual(['run-1', 'run-2']);
  }));

test.each([
  ['empties the ledger', "EXECUTE 'DELETE FROM migration_checklist.ledger'"],
  ['moves the staging mark', "EXECUTE 'UPDATE migration_checklist.staging_mark SET branch_id = ''other'''"],
  ['drops the schema', "EXECUTE 'DROP SCHEMA migration_checklist CASCADE'"],
])('a migration that %s through code no parser sees is refused on the branch and on the target', (_, code) =>
  withTarget('', async ({ database, connection }) => {
    const mark = {
      environment: 'staging',
      projectId: 'p',
      branchId: 'b',
      markedBy: 'ada',
      markedAt: '2026-01-01T00:00:00.000Z',
    };
    await writeMark(connection, mark);
    await database.applyMigration(target, plan(['CREATE TABLE first (id int)']));
    const ledger = await database.readLedger(target);
    const hidden = `DO $$ BEGIN ${code}; END $$`;

    await expect(database.rehearse(target, 'up', statements(hidden), limits)).rejects.toMatchObject({
      name: 'MigrationRefused',
    });
    const apply = database.applyMigration(target, plan([hidden], { version: '002', runId: 'second' }));
    await expect(apply).rejects.toMatchObject({ name: 'MigrationRefused' });
    expect(await database.readLedger(target)).toEqual(ledger);
    expect(await database.readMark(target)).toEqual(mark);
  }),
);
