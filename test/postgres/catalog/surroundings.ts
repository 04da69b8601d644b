import type { ObjectChange } from './object-change';

/** Rights, extensions, publications, statistics, comments, foreign data. */
export const surroundings: readonly ObjectChange[] = [
  {
    name: 'privileges on a table',
    up: 'GRANT SELECT, INSERT ON jobs TO catalog_reader; GRANT ALL ON jobs TO catalog_writer WITH GRANT OPTION',
    down: 'REVOKE ALL ON jobs FROM catalog_reader; REVOKE ALL ON jobs FROM catalog_writer',
    forgotten: 'REVOKE INSERT ON jobs FROM catalog_reader; REVOKE ALL ON jobs FROM catalog_writer',
    object: 'public.jobs',
  },
  {
    name: 'privileges taken from the owner',
    up: 'REVOKE ALL ON jobs FROM owner',
    down: 'GRANT ALL ON jobs TO owner',
    forgotten: 'GRANT SELECT ON jobs TO owner',
    object: 'public.jobs',
  },
  {
    name: 'privileges on a column',
    up: 'GRANT SELECT (id), UPDATE (status) ON jobs TO catalog_reader',
    down: 'REVOKE SELECT (id), UPDATE (status) ON jobs FROM catalog_reader',
    forgotten: 'REVOKE SELECT (id) ON jobs FROM catalog_reader',
    object: 'public.jobs.status',
  },
  {
    name: 'privileges on a schema',
    up: 'GRANT CREATE ON SCHEMA public TO catalog_writer',
    down: 'REVOKE CREATE ON SCHEMA public FROM catalog_writer',
    forgotten: '',
    object: 'public',
  },
  {
    name: 'privileges on a sequence',
    setup: 'CREATE SEQUENCE ticket',
    up: 'GRANT USAGE, SELECT ON SEQUENCE ticket TO catalog_writer',
    down: 'REVOKE ALL ON SEQUENCE ticket FROM catalog_writer',
    forgotten: 'REVOKE SELECT ON SEQUENCE ticket FROM catalog_writer',
    object: 'public.ticket',
  },
  {
    name: 'default privileges',
    up: `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO catalog_reader;
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
    down: `ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM catalog_reader;
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC`,
    forgotten: 'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM catalog_reader',
    object: 'owner on functions',
  },
  {
    name: 'extension',
    up: 'CREATE EXTENSION citext; CREATE EXTENSION pg_trgm',
    down: 'DROP EXTENSION citext; DROP EXTENSION pg_trgm',
    forgotten: 'DROP EXTENSION citext',
    object: 'pg_trgm',
  },
  {
    name: 'dependency on an extension',
    setup:
      'CREATE EXTENSION hstore; CREATE TRIGGER touching BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch()',
    up: 'ALTER FUNCTION touch() DEPENDS ON EXTENSION hstore; ALTER TRIGGER touching ON jobs DEPENDS ON EXTENSION hstore',
    down: 'ALTER FUNCTION touch() NO DEPENDS ON EXTENSION hstore; ALTER TRIGGER touching ON jobs NO DEPENDS ON EXTENSION hstore',
    forgotten: 'ALTER FUNCTION touch() NO DEPENDS ON EXTENSION hstore',
    object: 'touching',
  },
  {
    name: 'privileges on members of an extension',
    setup: 'CREATE EXTENSION hstore',
    up: 'REVOKE EXECUTE ON FUNCTION hstore(text, text) FROM PUBLIC; GRANT USAGE ON TYPE hstore TO catalog_reader WITH GRANT OPTION',
    down: 'GRANT EXECUTE ON FUNCTION hstore(text, text) TO PUBLIC; REVOKE USAGE ON TYPE hstore FROM catalog_reader',
    forgotten: 'REVOKE USAGE ON TYPE hstore FROM catalog_reader',
    object: 'hstore(text,text)',
  },
  {
    name: 'privileges on built-in objects',
    up: 'GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO catalog_reader; GRANT SELECT (rolname) ON pg_authid TO catalog_reader',
    down: 'REVOKE EXECUTE ON FUNCTION pg_ls_dir(text) FROM catalog_reader; REVOKE SELECT (rolname) ON pg_authid FROM catalog_reader',
    forgotten: 'REVOKE SELECT (rolname) ON pg_authid FROM catalog_reader',
    object: 'pg_ls_dir(text)',
  },
  {
    name: 'schema of an extension',
    setup: 'CREATE EXTENSION pg_trgm; CREATE SCHEMA tools',
    up: 'ALTER EXTENSION pg_trgm SET SCHEMA tools',
    down: 'ALTER EXTENSION pg_trgm SET SCHEMA public',
    forgotten: '',
    object: 'pg_trgm',
  },
  {
    name: 'extended statistics',
    up: 'CREATE STATISTICS jobs_pair (ndistinct) ON status, tries FROM jobs; ALTER STATISTICS jobs_pair SET STATISTICS 50',
    down: 'DROP STATISTICS jobs_pair',
    forgotten: 'ALTER STATISTICS jobs_pair SET STATISTICS -1',
    object: 'public.jobs_pair',
  },
  {
    name: 'publication',
    up: `CREATE PUBLICATION feed FOR TABLE jobs (id, status) WHERE (id > 5) WITH (publish = 'insert')`,
    down: 'DROP PUBLICATION feed',
    forgotten: 'ALTER PUBLICATION feed SET TABLE users',
    object: 'feed',
  },
  {
    name: 'what a publication publishes',
    setup: 'CREATE PUBLICATION feed FOR TABLE jobs',
    up: 'ALTER PUBLICATION feed ADD TABLE users; ALTER PUBLICATION feed SET (publish_via_partition_root = true)',
    down: 'ALTER PUBLICATION feed DROP TABLE users; ALTER PUBLICATION feed SET (publish_via_partition_root = false)',
    forgotten: 'ALTER PUBLICATION feed SET (publish_via_partition_root = false)',
    object: 'feed',
  },
  {
    name: 'comments on a constraint, a function, a trigger and a schema',
    setup: 'CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch()',
    up: `COMMENT ON CONSTRAINT jobs_pkey ON jobs IS 'key'; COMMENT ON FUNCTION touch() IS 'stamps';
      COMMENT ON TRIGGER jobs_touch ON jobs IS 'first'; COMMENT ON SCHEMA public IS 'ours'`,
    down: `COMMENT ON CONSTRAINT jobs_pkey ON jobs IS NULL; COMMENT ON FUNCTION touch() IS NULL;
      COMMENT ON TRIGGER jobs_touch ON jobs IS NULL; COMMENT ON SCHEMA public IS 'standard public schema'`,
    forgotten: `COMMENT ON CONSTRAINT jobs_pkey ON jobs IS NULL; COMMENT ON FUNCTION touch() IS NULL;
      COMMENT ON SCHEMA public IS 'standard public schema'`,
    object: 'jobs_touch on public.jobs',
  },
  {
    name: 'foreign data wrapper, server, user mapping and foreign table',
    up: `CREATE FOREIGN DATA WRAPPER files; CREATE SERVER disk FOREIGN DATA WRAPPER files OPTIONS (root '/data');
      CREATE USER MAPPING FOR catalog_reader SERVER disk OPTIONS (password 'secret');
      CREATE FOREIGN TABLE lines (line text OPTIONS (place '1')) SERVER disk OPTIONS (name 'a.txt')`,
    down: 'DROP FOREIGN DATA WRAPPER files CASCADE',
    forgotten: 'DROP FOREIGN TABLE lines',
    object: 'disk',
  },
  {
    name: 'options of a foreign table',
    setup: `CREATE FOREIGN DATA WRAPPER files; CREATE SERVER disk FOREIGN DATA WRAPPER files;
      CREATE FOREIGN TABLE lines (line text) SERVER disk OPTIONS (name 'a.txt')`,
    up: `ALTER FOREIGN TABLE lines OPTIONS (SET name 'b.txt', ADD format 'csv')`,
    down: `ALTER FOREIGN TABLE lines OPTIONS (SET name 'a.txt', DROP format)`,
    forgotten: `ALTER FOREIGN TABLE lines OPTIONS (SET name 'a.txt')`,
    object: 'public.lines',
  },
];
