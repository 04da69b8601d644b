/** What is said to reach beyond a database, in statements and in code, and what is not. */
import { parseSql } from '#domain/sql/parse-sql';
import { reachOf } from '#domain/sql/reach';
import { nothingKnown } from '#domain/sql/reach-in-code';
import { derivedSource } from '#domain/sql/source';

const reachIn = async (sql: string, known = nothingKnown) => {
  const outcome = await parseSql(derivedSource('001_a.sql', sql, (position) => position));
  if ('problem' in outcome) throw new Error(`${sql}: ${outcome.problem.message}`);
  return reachOf([{ nodes: outcome.statements.map(({ node }) => node), line: 1 }], known).map(
    ({ what, reached }) => `${what}: ${reached}`,
  );
};

const body = (code: string) => `DO $do$ BEGIN ${code} END $do$`;

test.each([
  ['CREATE ROLE r', 'CREATE ROLE: roles'],
  ['create user "R" nologin', 'CREATE ROLE: roles'],
  ['ALTER ROLE r SET work_mem = 1', 'ALTER ROLE … SET: roles'],
  ['ALTER ROLE r IN DATABASE d RESET ALL', 'ALTER ROLE … SET: roles'],
  ['ALTER ROLE ALL SET work_mem = 1', 'ALTER ROLE … SET: roles'],
  ['DROP GROUP r', 'DROP ROLE: roles'],
  ['GRANT a TO b', 'GRANT or REVOKE of a role: roles'],
  ['ALTER DATABASE d SET timezone = 1', 'ALTER DATABASE … SET: databases'],
  ['REVOKE CONNECT ON DATABASE d FROM PUBLIC', 'a statement about a database: databases'],
  ['GRANT CREATE ON TABLESPACE t TO r', 'a statement about a tablespace: server'],
  ['GRANT SET ON PARAMETER work_mem TO r', 'a statement about a parameter of the server: roles'],
  ["COMMENT ON DATABASE d IS 'x'", 'a statement about a database: databases'],
  ['ALTER DATABASE d OWNER TO r', 'a statement about a database: databases'],
  ['ALTER ROLE a RENAME TO b', 'a statement about a role: roles'],
  ["SECURITY LABEL ON ROLE r IS 'x'", 'a statement about a role: roles'],
  ["LOAD 'x'", 'LOAD: files'],
  ["COPY t FROM PROGRAM 'id'", 'COPY … PROGRAM: files'],
  ["COPY t TO '/tmp/x'", 'COPY of a file of the server: files'],
  ['ALTER SUBSCRIPTION s DISABLE', 'ALTER SUBSCRIPTION: other servers'],
  ['IMPORT FOREIGN SCHEMA s FROM SERVER f INTO x', 'IMPORT FOREIGN SCHEMA: other servers'],
  ['UPDATE pg_database SET datallowconn = false', 'a change of pg_database: databases'],
  ['SELECT pg_terminate_backend(1)', 'pg_terminate_backend(): sessions'],
  ['SELECT PG_CATALOG."pg_cancel_backend"(1)', 'pg_catalog.pg_cancel_backend(): sessions'],
  ['SELECT count(pg_reload_conf())', 'pg_reload_conf(): server'],
  ['CREATE TABLE t (a bool DEFAULT pg_rotate_logfile())', 'pg_rotate_logfile(): server'],
  ['WITH a AS (SELECT pg_switch_wal()) SELECT FROM a', 'pg_switch_wal(): server'],
  ["SELECT pg_create_logical_replication_slot('a', 'b')", 'pg_create_logical_replication_slot(): server'],
  ["SELECT pg_copy_physical_replication_slot('a', 'b')", 'pg_copy_physical_replication_slot(): server'],
  ["SELECT pg_replication_origin_create('a')", 'pg_replication_origin_create(): server'],
  ["SELECT pg_stat_reset_shared('io')", 'pg_stat_reset_shared(): server'],
  ['SELECT ext.pg_stat_statements_reset()', 'ext.pg_stat_statements_reset(): server'],
  ["SELECT lo_import('/x')", 'lo_import(): files'],
  ["SELECT * FROM pg_read_file('x')", 'pg_read_file(): files'],
  ["SELECT pg_file_write('a', 'b', true)", 'pg_file_write(): files'],
  ["SELECT dblink_exec('a', 'b')", 'dblink_exec(): other servers'],
  ["SELECT * FROM dblink('a', 'b') AS t (a int)", 'dblink(): other servers'],
  ["SELECT net.http_post('a')", 'net.http_post(): other servers'],
  ["SELECT extensions.http_get('a')", 'extensions.http_get(): other servers'],
  ["SELECT cron.schedule('a', 'b', 'c')", 'cron.schedule(): server'],
  ["SELECT aws_lambda.invoke('a', 'b')", 'aws_lambda.invoke(): other servers'],
  ['EXPLAIN ANALYZE SELECT pg_promote()', 'pg_promote(): server'],
  ['CREATE FOREIGN TABLE f (a int) SERVER s; INSERT INTO f VALUES (1)', 'the foreign table f: other servers'],
  [
    'CREATE FUNCTION k(int) RETURNS bool LANGUAGE internal AS $$pg_terminate_backend$$',
    'pg_terminate_backend(): sessions',
  ],
  ["CREATE FUNCTION k() RETURNS int LANGUAGE c AS 'lib', 'k'", 'a function in language c: files'],
  ['DO LANGUAGE plpython3u $$ pass $$', 'a function in language plpython3u: files'],
])('%s is named', async (sql, named) => {
  expect(await reachIn(sql)).toContain(named);
});

test.each([
  ['CREATE ROLE r;', 'CREATE ROLE: roles'],
  ['create   /* x */ role r;', 'CREATE ROLE: roles'],
  ['ALTER DATABASE d SET timezone = 1;', 'ALTER DATABASE: databases'],
  ['PERFORM pg_terminate_backend(1);', 'pg_terminate_backend(): sessions'],
  ['PERFORM pg_catalog . "pg_terminate_backend" (1);', 'pg_catalog.pg_terminate_backend(): sessions'],
  ["EXECUTE 'DROP ROLE r';", 'DROP ROLE: roles'],
  ["EXECUTE 'SELECT pg_terminate_backend(1)';", 'pg_terminate_backend(): sessions'],
  ["EXECUTE format('ALTER ROLE %I SET work_mem = 1', 'r');", 'ALTER ROLE: roles'],
  ["EXECUTE 'GRANT ' || quote_ident('a') || ' TO b';", 'GRANT or REVOKE of a role: roles'],
  ["EXECUTE format('GRANT CONNECT ON DATABASE %I TO x', 'd');", 'GRANT or REVOKE on a database: databases'],
  ["EXECUTE $x$ALTER DATABASE d SET a.b = '1'$x$;", 'ALTER DATABASE: databases'],
  ["EXECUTE 'CREATE' || ' ROLE r';", 'CREATE ROLE: roles'],
  ["EXECUTE E'ALTER\\nSYSTEM SET a = 1';", 'ALTER SYSTEM SET: server'],
  ["EXECUTE 'EXECUTE ''DROP ROLE r''';", 'DROP ROLE: roles'],
  ["COPY t TO PROGRAM 'id';", 'COPY … PROGRAM: files'],
  ['REVOKE a FROM b;', 'GRANT or REVOKE of a role: roles'],
  ['DELETE FROM pg_catalog.pg_db_role_setting;', 'a change of pg_db_role_setting: roles'],
  ["PERFORM dblink_connect('a');", 'dblink_connect(): other servers'],
])('%s is named in code', async (code, named) => {
  expect(await reachIn(body(code))).toContain(named);
  expect(await reachIn(`CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN ${code} END $f$`)).toContain(
    named,
  );
});

test('a function that the script makes is named where it is called and where a trigger has it', async () => {
  const sql = `CREATE FUNCTION kick() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_reload_conf(); RETURN new; END $$;
    SELECT kick(); CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION kick()`;

  expect(await reachIn(sql)).toEqual(['pg_reload_conf(): server', 'kick(), with pg_reload_conf() in it: server']);
});

test.each([
  'CREATE TABLE t (id int); INSERT INTO t VALUES (1)',
  "INSERT INTO notes (text) VALUES ('create role r; select pg_terminate_backend(1)')",
  'CREATE TABLE t ("create role" text, "pg_terminate_backend" int)',
  'SELECT pg_terminate_backend FROM t',
  'SELECT app.pg_terminate_backend(1)',
  "COMMENT ON TABLE t IS 'drop role'",
  'GRANT SELECT ON t TO r; REVOKE ALL ON SCHEMA s FROM r',
  'ALTER TABLE t OWNER TO r',
  'CREATE POLICY p ON t TO r USING (true)',
  'CREATE PUBLICATION p FOR TABLE t',
  'SELECT pg_terminate_backend(pg_backend_pid())',
  body('PERFORM pg_catalog.pg_cancel_backend(pg_catalog.pg_backend_pid());'),
  "SELECT set_config('search_path', 'x', false); NOTIFY x; SELECT pg_advisory_lock(1)",
  'CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR r SERVER s',
  'ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT ON TABLES TO x',
  'SELECT * FROM pg_database; SELECT rolname FROM pg_catalog.pg_roles',
  body("-- drop role r\n /* pg_reload_conf() */ RAISE NOTICE 'create role r';"),
  body("EXECUTE 'SELECT 1'; RAISE NOTICE 'create role r';"),
  body('GRANT SELECT ON t TO r; REVOKE UPDATE ON t FROM r;'),
  body("INSERT INTO log VALUES ('drop database d');"),
  body('PERFORM count(*) FROM pg_database; IF EXISTS (SELECT FROM pg_roles) THEN NULL; END IF;'),
  body('DROP USER MAPPING FOR r SERVER s; ALTER TABLE t OWNER TO r;'),
])('%s stays in its database', async (sql) => {
  expect(await reachIn(sql)).toEqual([]);
});

const isKept = async (sql: string, existing: ReadonlySet<string> | null = new Set()) => {
  const outcome = await parseSql(derivedSource('001_a.sql', sql, (position) => position));
  const nodes = 'statements' in outcome ? outcome.statements.map(({ node }) => node) : [];
  return reachOf([{ nodes, line: 1 }], { ...nothingKnown, existing }).map((reach) => reach.isKept);
};

const kicks = (head: string) => `${head} kick() RETURNS void LANGUAGE sql AS 'SELECT pg_reload_conf()'`;

test('a function that is only made keeps what it reaches for later; one that something names does not', async () => {
  expect(await isKept(kicks('CREATE FUNCTION'))).toEqual([true]);
  expect(await isKept(`${kicks('CREATE FUNCTION')}; DROP FUNCTION kick`)).toEqual([true]);
  expect(await isKept(kicks('CREATE OR REPLACE FUNCTION'))).toEqual([true]);
  expect(await isKept(kicks('CREATE OR REPLACE FUNCTION'), new Set(['kick']))).toEqual([false]);
  expect(await isKept(kicks('CREATE OR REPLACE FUNCTION'), null)).toEqual([false]);
  expect(await isKept(`${kicks('CREATE FUNCTION')}; SELECT kick()`)).toEqual([false, false]);
  expect(
    await isKept(`${kicks('CREATE FUNCTION')}; DO $$ BEGIN EXECUTE 'SELECT ki' || 'ck()'; PERFORM 'kick'; END $$`),
  ).toContain(false);
});

test("what the target has already is followed: functions, foreign tables, triggers' functions", async () => {
  const reload = { what: 'app.kick(), with pg_reload_conf() in it', reached: 'server' as const };
  const known = {
    functions: new Map([['app.kick', reload]]),
    foreignTables: new Set(['remote']),
    triggered: new Map([['public.jobs', reload]]),
    existing: new Set<string>(),
  };

  expect(await reachIn('SELECT app.kick()', known)).toEqual(['app.kick(), with pg_reload_conf() in it: server']);
  expect(await reachIn('CALL app.kick()', known)).toEqual(['app.kick(), with pg_reload_conf() in it: server']);
  expect(await reachIn(body('PERFORM app.kick();'), known)).toEqual([
    'app.kick(), with pg_reload_conf() in it: server',
  ]);
  expect(await reachIn('INSERT INTO remote VALUES (1)', known)).toEqual(['the foreign table remote: other servers']);
  expect(await reachIn('SELECT * FROM remote', known)).toEqual(['the foreign table remote: other servers']);
  expect(await reachIn(body('UPDATE public.jobs SET a = 1;'), known)).toEqual([`${reload.what}: server`]);
  expect(await reachIn('SELECT * FROM public.jobs', known)).toEqual([]);
});
