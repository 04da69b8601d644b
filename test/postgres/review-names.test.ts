/** What a name in a file means, and whether the file has made it: on a real schema. */
import { migrationFile } from '#test/support/review-subject';
import { type Reviewed, withReviewer } from '#test/support/reviewed';

const before = `
CREATE SCHEMA app;
CREATE TABLE app.person (id bigint CONSTRAINT person_pkey PRIMARY KEY, name text);
CREATE TABLE public.account (id bigint CONSTRAINT account_pkey PRIMARY KEY, note text);
CREATE TABLE app.account (id uuid CONSTRAINT account_pkey PRIMARY KEY, note text);
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE DOMAIN public.amount AS numeric(12,2);
CREATE TABLE public.bill (id bigint CONSTRAINT bill_pkey PRIMARY KEY, total amount);
CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW public.notes AS SELECT note FROM public.account;
`;

const review = <T>(work: (review: (sql: string, rollback?: string) => Promise<Reviewed>) => Promise<T>) =>
  withReviewer(before, (reviewFile) => work((sql, rollback = 'SELECT 1;') => reviewFile(migrationFile(sql, rollback))));

const existing = (reviewed: Reviewed) =>
  ((reviewed.box('3.1')?.facts?.['existing'] ?? []) as { readonly table: string }[]).map(({ table }) => table);

const paths: readonly (readonly [sql: string, affected: readonly string[], created: readonly string[]])[] = [
  ['ALTER TABLE account ADD COLUMN a int;', ['public.account'], []],
  ['SET search_path = app, public; ALTER TABLE account ADD COLUMN a int;', ['app.account'], []],
  ['SET search_path TO public, app; ALTER TABLE account ADD a int, ADD b int;', ['public.account'], []],
  ['SET search_path = "app"; ALTER TABLE person ADD COLUMN a int;', ['app.person'], []],
  ["SET search_path = 'app'; CREATE TABLE a (id int);", [], ['app.a']],
  [
    'SET SESSION search_path = app; CREATE TABLE a (id int); RESET search_path; CREATE TABLE b (id int);',
    [],
    ['app.a', 'public.b'],
  ],
  ['SET LOCAL search_path = nowhere, app; CREATE TABLE a (id int);', [], ['app.a']],
  ["SET SCHEMA 'app'; CREATE TABLE a (id int);", [], ['app.a']],
  ['SET search_path = app; SET search_path TO DEFAULT; CREATE TABLE a (id int);', [], ['public.a']],
  ['SET search_path = app; RESET ALL; CREATE TABLE a (id int);', [], ['public.a']],
  [
    "SELECT set_config('search_path', 'app, public', false); CREATE TABLE a (id int); ALTER TABLE bill ADD b int;",
    ['public.bill'],
    ['app.a'],
  ],
  ["SELECT pg_catalog.set_config('search_path', 'APP', true); CREATE TABLE a (id int);", [], ['app.a']],
  ["SELECT pg_catalog.set_config('search_path', '', false); ALTER TABLE app.person ADD a int;", ['app.person'], []],
  // There is none: PostgreSQL will say so.
  ['SET search_path = app; ALTER TABLE bill ADD a int;', ['app.bill'], []],
  ['CREATE SCHEMA x CREATE TABLE a (id int) CREATE TABLE b (id int); ALTER TABLE x.a ADD c int;', [], ['x.a', 'x.b']],
  [
    'CREATE SCHEMA x; SET search_path = x, app; CREATE TABLE person (id int); ALTER TABLE person ADD a int;',
    [],
    ['x.person'],
  ],
  ['ALTER TABLE app.person SET SCHEMA public; ALTER TABLE person ADD a int;', ['app.person'], []],
  ['SET search_path = app; ALTER TABLE person RENAME TO human; ALTER TABLE human ADD a int;', ['app.person'], []],
  // Its own session sets the path of the file once more; what is local ends with the unit.
  [
    'SET search_path = app;\nCREATE INDEX CONCURRENTLY i ON person (name);\nALTER TABLE person ADD a int;',
    ['app.person'],
    [],
  ],
  [
    'SET LOCAL search_path = app;\nALTER TABLE account ADD a int;\nCREATE INDEX CONCURRENTLY i ON account (note);',
    ['app.account', 'public.account'],
    [],
  ],
];

test('a name without a schema means what the search_path there makes it mean', () =>
  review(async (reviewOf) => {
    const seen: unknown[] = [];
    for (const [sql] of paths) {
      const reviewed = await reviewOf(sql);
      seen.push([sql, existing(reviewed), reviewed.box('3.1')?.facts?.['created']]);
    }

    expect(seen).toEqual(paths.map(([sql, affected, created]) => [sql, affected, created]));
  }));

const temporary = [
  'CREATE TEMP TABLE "Split" AS SELECT * FROM account;',
  'CREATE TEMPORARY TABLE account (id int) ON COMMIT DROP; INSERT INTO account VALUES (1); UPDATE account SET id = 2; ALTER TABLE account ADD b text; DROP TABLE account;',
  'CREATE TABLE pg_temp.x (id int REFERENCES pg_temp.x); TRUNCATE x; CREATE INDEX ON x (id);',
  'SELECT * INTO TEMP s FROM account; DELETE FROM s; COMMENT ON TABLE s IS $$x$$;',
  'CREATE TEMP VIEW v AS SELECT 1 AS a; DROP VIEW v;',
  'CREATE TEMP SEQUENCE s; ALTER SEQUENCE s RESTART; DROP SEQUENCE s;',
  'CREATE TEMP TABLE t (id int); CREATE VIEW of_temporary AS SELECT id FROM t; ALTER TABLE t RENAME TO "U";',
];

test('temporary objects are no objects of the schema, and hide a table of their name', () =>
  review(async (reviewOf) => {
    const seen: unknown[] = [];
    for (const sql of temporary) {
      const reviewed = await reviewOf(sql);
      seen.push([
        reviewed.findings.filter(({ rule }) => rule !== 'statement-uncommented').map(({ message }) => message),
        existing(reviewed),
      ]);
    }

    expect(seen).toEqual(temporary.map(() => [[], []]));
  }));

const ownObjects: readonly (readonly [sql: string, rollback: string])[] = [
  [
    'CREATE VIEW v AS SELECT 1 AS a; ALTER TABLE v OWNER TO CURRENT_USER; ALTER VIEW v RENAME TO w; DROP VIEW w;',
    'SELECT 1;',
  ],
  [
    'CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; ALTER MATERIALIZED VIEW m OWNER TO CURRENT_USER; CREATE INDEX m_i ON m (a); ALTER INDEX m_i RENAME TO m_j;',
    'DROP MATERIALIZED VIEW m;',
  ],
  [
    'CREATE SEQUENCE s; ALTER SEQUENCE s OWNER TO CURRENT_USER; ALTER TABLE s OWNER TO CURRENT_USER; ALTER SEQUENCE s SET SCHEMA app;',
    'DROP SEQUENCE app.s;',
  ],
  [
    'CREATE FUNCTION g() RETURNS int LANGUAGE sql AS $$SELECT 1$$; ALTER FUNCTION g() OWNER TO CURRENT_USER; ALTER FUNCTION g() RENAME TO h; DROP FUNCTION h();',
    'SELECT 1;',
  ],
  ['CREATE FUNCTION app.f(a text) RETURNS int LANGUAGE sql AS $$SELECT 1$$;', 'DROP FUNCTION app.f(text);'],
  [
    "CREATE TYPE t AS ENUM ('a'); ALTER TYPE t RENAME VALUE 'a' TO 'b'; ALTER TYPE t OWNER TO CURRENT_USER; ALTER TYPE t RENAME TO u; DROP TYPE u;",
    'SELECT 1;',
  ],
  ['CREATE TYPE c AS (a int); ALTER TYPE c ADD ATTRIBUTE b int; ALTER TYPE c OWNER TO CURRENT_USER;', 'DROP TYPE c;'],
  [
    'CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT d_check CHECK (value > 0); ALTER DOMAIN d SET NOT NULL; DROP DOMAIN d;',
    'SELECT 1;',
  ],
  [
    'CREATE SCHEMA s; ALTER SCHEMA s RENAME TO s2; CREATE TABLE s2.t (id int); ALTER TABLE s2.t ADD a int; DROP SCHEMA s2 CASCADE;',
    'SELECT 1;',
  ],
  [
    'CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int); ALTER AGGREGATE agg (int) OWNER TO CURRENT_USER;',
    'DROP AGGREGATE agg (int);',
  ],
  ['CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);', 'DROP OPERATOR === (int, int);'],
  [
    'CREATE TABLE IF NOT EXISTS t (id serial); ALTER SEQUENCE t_id_seq OWNED BY t.id; ALTER TABLE t_id_seq OWNER TO CURRENT_USER; ALTER TABLE t REPLICA IDENTITY FULL, OWNER TO CURRENT_USER, ENABLE ROW LEVEL SECURITY;',
    'DROP TABLE t;',
  ],
  [
    'CREATE TABLE t (id int); ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (id); CREATE UNIQUE INDEX t_i ON t (id); ALTER TABLE t CLUSTER ON t_i; ALTER INDEX t_pkey RENAME TO t_key; DROP INDEX t_i;',
    'DROP TABLE t;',
  ],
  [
    'CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 (id int); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE INDEX p_i ON ONLY p (id); CREATE INDEX p1_i ON p1 (id); ALTER INDEX p_i ATTACH PARTITION p1_i;',
    'DROP TABLE p;',
  ],
  [
    'CREATE TABLE t (id int); CREATE POLICY q ON t USING (true); ALTER POLICY q ON t RENAME TO r; DROP POLICY r ON t;',
    'DROP TABLE t;',
  ],
  [
    'DROP TABLE IF EXISTS nobody, app.nobody; DROP VIEW IF EXISTS nothing; DROP FUNCTION IF EXISTS nothing(int); DROP TYPE IF EXISTS nothing; DROP SCHEMA IF EXISTS nothing; DROP TRIGGER IF EXISTS x ON account; ALTER TABLE account DROP COLUMN IF EXISTS nothing, DROP CONSTRAINT IF EXISTS nothing; ALTER TABLE IF EXISTS nobody DROP COLUMN a;',
    'SELECT 1;',
  ],
  ['CREATE TABLE IF NOT EXISTS account (id int); ALTER TABLE account ADD COLUMN IF NOT EXISTS note text;', 'SELECT 1;'],
];

test('what the file makes is made, whatever becomes of it later; what is not there is not dropped', () =>
  review(async (reviewOf) => {
    const seen: unknown[] = [];
    for (const [sql, rollback] of ownObjects)
      seen.push([sql, (await reviewOf(sql, rollback)).findingsIn('1.4', '2.3', '3.2')]);

    expect(seen).toEqual(ownObjects.map(([sql]) => [sql, []]));
  }));

const otherObjects: readonly (readonly [sql: string, rollback: string, found: readonly string[]])[] = [
  [
    'DROP TABLE account; CREATE TABLE account (id int);',
    'DROP TABLE account;',
    ['rollback-misses-change', 'object-dropped'],
  ],
  ['CREATE TABLE IF NOT EXISTS account (id int);', 'DROP TABLE account;', ['rollback-drops-other-object']],
  [
    'ALTER TABLE account ADD COLUMN IF NOT EXISTS note text;',
    'ALTER TABLE account DROP COLUMN note;',
    ['rollback-drops-other-object'],
  ],
  [
    'SET search_path = app; CREATE TABLE a (id int);',
    'DROP TABLE a;',
    ['rollback-misses-object', 'rollback-drops-other-object'],
  ],
  ['CREATE OR REPLACE VIEW notes AS SELECT note FROM account WHERE id > 1;', 'SELECT 1;', ['rollback-misses-object']],
  ['SET search_path = app; ALTER TYPE mood RENAME VALUE $$good$$ TO $$fine$$;', 'SELECT 1;', ['name-changed']],
  [
    'SET search_path = app; DROP FUNCTION f(int);',
    'CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql AS $$SELECT 1$$;',
    ['object-dropped'],
  ],
];

test('what was there before is changed, under whatever name the file has for it', () =>
  review(async (reviewOf) => {
    const seen: unknown[] = [];
    for (const [sql, rollback] of otherObjects) {
      const found = (await reviewOf(sql, rollback)).findingsIn('1.4', '2.3', '3.2');
      seen.push([sql, found.map((one) => one.split(':')[0]).sort()]);
    }

    expect(seen).toEqual(otherObjects.map(([sql, , found]) => [sql, [...found].sort()]));
  }));

test('types are compared by their schema, too', () =>
  review(async (reviewOf) => {
    const key = (type: string) =>
      `SET search_path = public, app; CREATE TABLE k (b ${type} CONSTRAINT k_fk REFERENCES app.account (id) ON DELETE CASCADE);`;

    expect((await reviewOf(key('uuid'), 'DROP TABLE public.k;')).findingsIn('2.3')).toEqual([]);
    expect((await reviewOf(key('bigint'), 'DROP TABLE public.k;')).findingsIn('2.3')).toEqual([
      'foreign-key-types-differ: public.k.b is bigint, and app.account.id, to which it points, is uuid',
    ]);
  }));
