import type { ObjectChange } from './object-change';

export const routines: readonly ObjectChange[] = [
  {
    name: 'function',
    up: `CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
      CREATE FUNCTION twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n'`,
    down: 'DROP FUNCTION twice(int); DROP FUNCTION twice(text)',
    forgotten: 'DROP FUNCTION twice(int)',
    object: 'public.twice(',
  },
  {
    name: 'body of a function',
    up: `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := 1; RETURN NEW; END'`,
    down: `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    forgotten: `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'`,
    object: 'public.touch()',
  },
  {
    name: 'properties of a function',
    up: `ALTER FUNCTION touch() SECURITY DEFINER STABLE STRICT COST 7 PARALLEL SAFE SET search_path = pg_catalog`,
    down: 'ALTER FUNCTION touch() SECURITY INVOKER VOLATILE CALLED ON NULL INPUT COST 100 PARALLEL UNSAFE RESET ALL',
    forgotten: 'ALTER FUNCTION touch() SECURITY INVOKER VOLATILE CALLED ON NULL INPUT COST 100 PARALLEL UNSAFE',
    object: 'public.touch()',
  },
  {
    name: 'function with its body as SQL',
    up: 'CREATE FUNCTION newest() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(id) FROM jobs; END',
    down: 'DROP FUNCTION newest()',
    forgotten: '',
    object: 'public.newest()',
  },
  {
    name: 'procedure',
    up: `CREATE PROCEDURE tidy(days int DEFAULT 7) LANGUAGE sql AS 'DELETE FROM jobs WHERE tries > days'`,
    down: 'DROP PROCEDURE tidy(int)',
    forgotten: '',
    object: 'public.tidy(',
  },
  {
    name: 'aggregate',
    up: `CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0')`,
    down: 'DROP AGGREGATE total(int)',
    forgotten: `DROP AGGREGATE total(int); CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '1')`,
    object: 'public.total(integer)',
  },
  {
    name: 'owner and privileges of a function',
    up: 'ALTER FUNCTION touch() OWNER TO catalog_writer; REVOKE EXECUTE ON FUNCTION touch() FROM PUBLIC',
    down: 'ALTER FUNCTION touch() OWNER TO owner; GRANT EXECUTE ON FUNCTION touch() TO PUBLIC',
    forgotten: 'ALTER FUNCTION touch() OWNER TO owner',
    object: 'public.touch()',
  },
  {
    name: 'trigger',
    up: `CREATE TRIGGER jobs_touch BEFORE UPDATE OF status ON jobs FOR EACH ROW WHEN (NEW.tries > 0) EXECUTE FUNCTION touch();
      CREATE TRIGGER jobs_made AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION touch('x')`,
    down: 'DROP TRIGGER jobs_touch ON jobs; DROP TRIGGER jobs_made ON jobs',
    forgotten: 'DROP TRIGGER jobs_touch ON jobs',
    object: 'jobs_made',
  },
  {
    name: 'trigger that was switched off',
    setup: 'CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch()',
    up: 'ALTER TABLE jobs DISABLE TRIGGER jobs_touch',
    down: 'ALTER TABLE jobs ENABLE TRIGGER jobs_touch',
    forgotten: 'ALTER TABLE jobs ENABLE ALWAYS TRIGGER jobs_touch',
    object: 'public.jobs.jobs_touch',
  },
  {
    name: 'constraint trigger',
    up: `CREATE CONSTRAINT TRIGGER jobs_check AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION touch()`,
    down: 'DROP TRIGGER jobs_check ON jobs',
    forgotten: `DROP TRIGGER jobs_check ON jobs;
      CREATE CONSTRAINT TRIGGER jobs_check AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION touch()`,
    object: 'jobs_check',
  },
  {
    name: 'event trigger',
    setup: `CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
    up: `CREATE EVENT TRIGGER watch_ddl ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION watch();
      ALTER EVENT TRIGGER watch_ddl DISABLE`,
    down: 'DROP EVENT TRIGGER watch_ddl',
    forgotten: 'ALTER EVENT TRIGGER watch_ddl ENABLE',
    object: 'watch_ddl',
  },
];
