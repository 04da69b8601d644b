/** Rows that a schema allows: whatever its constraints are, a table gets rows that PostgreSQL takes, or it is said why not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { type FilledTable, fillTables } from '#adapters/postgres/rows/fill-tables';
import { withSession } from '#adapters/postgres/session/session';
import { catalogRows, rootOf } from '#domain/rows/shape';
import { inFillOrder } from '#domain/rows/touched-tables';
import { madeTypes } from '#domain/rows/types';
import { type Arranged, withTarget } from '#test/postgres/database-arrangements';
import { testServer } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';

const fill = ({ connection }: Arranged, count = 20): Promise<readonly FilledTable[]> =>
  withSession(connection, async (session) => {
    const catalog = await readCatalog(session);
    const rows = catalogRows(catalog);
    const tables = [...new Set([...rows.tables.keys()].map((table) => rootOf(rows, table)))];
    return fillTables(session, inFillOrder(tables, rows), madeTypes(catalog), { count, made: new Set() });
  });

const outcomeOf = (sql: string, count?: number) =>
  withTarget(sql, async (arranged) => {
    const filled = await fill(arranged, count);
    const counts = await Promise.all(
      filled.map(async ({ table }) => Number((await arranged.query(`SELECT count(*) FROM ${table}`))[0]?.['count'])),
    );
    return filled.map((one, at) => ({ ...one, found: counts[at] }));
  });

const least = 5;

test.each([
  [
    'plain types',
    'CREATE TABLE t (a int, b text, c varchar(3), d numeric(5,2), e timestamptz, f date, g bool, h uuid, i jsonb, j bytea)',
  ],
  [
    'rare types',
    'CREATE TABLE t (a interval NOT NULL, b inet NOT NULL, c cidr NOT NULL, d macaddr NOT NULL, e bit(5) NOT NULL, f varbit NOT NULL, g xml NOT NULL, h tsvector NOT NULL, i point NOT NULL, j money NOT NULL, k time NOT NULL, l timetz NOT NULL, m "char" NOT NULL, n name NOT NULL, o real NOT NULL, p float8 NOT NULL, q oid NOT NULL, r pg_lsn NOT NULL, s polygon NOT NULL, t circle NOT NULL, u json NOT NULL, v smallint NOT NULL, w char(2) NOT NULL, x numeric(3,3) NOT NULL, y macaddr8 NOT NULL, z tsquery NOT NULL, aa path NOT NULL, ab lseg NOT NULL, ac box NOT NULL, ad line NOT NULL)',
  ],
  [
    'arrays and ranges',
    'CREATE TABLE t (a int[] NOT NULL, b text[][] NOT NULL, c int4range NOT NULL, d tstzrange NOT NULL, e nummultirange NOT NULL, f numeric(4,1)[] NOT NULL, g daterange[] NOT NULL)',
  ],
  [
    'types of the schema',
    `CREATE TYPE "Mood" AS ENUM ('sad', 'it''s ok'); CREATE TYPE pair AS (a int, "b c" numeric(4,2), m "Mood"); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN small AS positive NOT NULL CHECK (VALUE < 10); CREATE TYPE span AS RANGE (subtype = float8); CREATE TABLE t (a "Mood" NOT NULL, b pair NOT NULL, c small, d span NOT NULL, e "Mood"[] NOT NULL, f pair[] NOT NULL)`,
  ],
  [
    'keys',
    'CREATE TABLE t (a int PRIMARY KEY, b text UNIQUE NOT NULL, c uuid UNIQUE, d date NOT NULL, e char(2) UNIQUE NOT NULL, UNIQUE (d, b))',
  ],
  ['a key over many columns', 'CREATE TABLE t (a bool, b bool, c int, d text, PRIMARY KEY (a, b, c, d))'],
  ['a key of an expression', 'CREATE TABLE t (a text NOT NULL); CREATE UNIQUE INDEX ON t (lower(a))'],
  ['a partial key', 'CREATE TABLE t (a int NOT NULL, b bool NOT NULL); CREATE UNIQUE INDEX ON t (a) WHERE b'],
  [
    'identity, serial, generated',
    'CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b serial, c int, d int GENERATED ALWAYS AS (c * 2) STORED)',
  ],
  ['only what PostgreSQL gives', 'CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY)'],
  ['no columns', 'CREATE TABLE t ()'],
  [
    'comparisons',
    "CREATE TABLE t (a int NOT NULL CHECK (a > 1000 AND a < 1005), b numeric NOT NULL CHECK (b BETWEEN 0.5 AND 0.7), c date NOT NULL CHECK (c > '2030-05-05' OR c = '1999-09-09'))",
  ],
  [
    'lists',
    `CREATE TABLE t (a text NOT NULL CHECK (a IN ('red', 'green')), b int NOT NULL CHECK (b = ANY (ARRAY[17, 19])), c text NOT NULL CHECK (c <> ''))`,
  ],
  [
    'lengths',
    'CREATE TABLE t (a text NOT NULL CHECK (char_length(a) = 7), b text NOT NULL CHECK (length(b) BETWEEN 9 AND 11), c text NOT NULL UNIQUE CHECK (octet_length(c) <= 5))',
  ],
  [
    'patterns',
    `CREATE TABLE t (a text NOT NULL CHECK (a ~ '^[A-Z]{2}-\\d{4}$'), b text NOT NULL UNIQUE CHECK (b ~ '^[a-z][a-z0-9_]*(-[a-z]+)?$'), c text NOT NULL CHECK (c LIKE 'sku-%'), d text NOT NULL CHECK (d ~* '^(mr|mrs|dr)\\.? [a-z]+$'), e text NOT NULL CHECK (e ~ '^[^@]+@[^@]+\\.[a-z]{2,}$'))`,
  ],
  [
    'columns against each other',
    'CREATE TABLE t (a date NOT NULL, b date NOT NULL, c int NOT NULL, d int NOT NULL, CHECK (a < b), CHECK (c >= d), CHECK (c + d > 0))',
  ],
  ['one of several', 'CREATE TABLE t (a int, b int, c text, d uuid, CHECK (num_nonnulls(a, b, c, d) = 1))'],
  [
    'either or',
    `CREATE TABLE t (kind text NOT NULL CHECK (kind IN ('card', 'bank')), card text, iban text, CHECK ((kind = 'card' AND card IS NOT NULL AND iban IS NULL) OR (kind = 'bank' AND iban IS NOT NULL AND card IS NULL)))`,
  ],
  [
    'json of a kind',
    `CREATE TABLE t (a jsonb NOT NULL CHECK (jsonb_typeof(a) = 'array'), b jsonb NOT NULL CHECK (b ? 'name'))`,
  ],
  [
    'an array that must hold something',
    `CREATE TABLE t (a text[] NOT NULL CHECK (cardinality(a) > 0 AND a <@ ARRAY['x', 'y']))`,
  ],
  [
    'a domain with a pattern',
    `CREATE DOMAIN email AS text NOT NULL CHECK (VALUE ~ '^[^@;]+@[^@]+$'); CREATE TABLE t (value email UNIQUE, "Value" email)`,
  ],
  [
    'lists of partitions',
    `CREATE TABLE t (a text NOT NULL, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('north', 'it''s'); CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('south')`,
  ],
  [
    'ranges of partitions',
    `CREATE TABLE t (a timestamptz NOT NULL, id bigint GENERATED BY DEFAULT AS IDENTITY, PRIMARY KEY (id, a)) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2031-01-01') TO ('2031-02-01')`,
  ],
  [
    'partitions below partitions',
    `CREATE TABLE t (a date NOT NULL, b text NOT NULL) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2031-01-01') TO ('2032-01-01') PARTITION BY LIST (b); CREATE TABLE t2 PARTITION OF t1 FOR VALUES IN ('x')`,
  ],
  [
    'partitions by hash',
    'CREATE TABLE t (a int NOT NULL) PARTITION BY HASH (a); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0)',
  ],
  [
    'a default partition',
    `CREATE TABLE t (a int NOT NULL) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT`,
  ],
  [
    'ranges that exclude each other',
    'CREATE EXTENSION btree_gist; CREATE TABLE t (room int NOT NULL, during tstzrange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&))',
  ],
  ['a deferred key', 'CREATE TABLE t (a int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)'],
  ['inheritance', 'CREATE TABLE p (a int NOT NULL); CREATE TABLE t (b text NOT NULL) INHERITS (p)'],
  [
    'names of any kind',
    'CREATE TABLE "T t; --" ("Select" int NOT NULL, "a""b" text NOT NULL UNIQUE, "x;y" varchar(1) NOT NULL CHECK ("x;y" <> \'\'))',
  ],
  ['row security', 'CREATE TABLE t (a int NOT NULL); ALTER TABLE t ENABLE ROW LEVEL SECURITY'],
  [
    'a rule beside',
    'CREATE TABLE log (a int); CREATE TABLE t (a int NOT NULL); CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.a)',
  ],
  [
    'a trigger that wants something',
    `CREATE TABLE t (a int NOT NULL, b text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.a < 0 THEN RAISE 'negative'; END IF; RETURN new; END $$; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
  ],
  [
    'a check by a function',
    `CREATE FUNCTION fine(a int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT a % 2 = 0'; CREATE TABLE t (a int NOT NULL CHECK (fine(a)))`,
  ],
  [
    'an extension',
    'CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE t (a citext NOT NULL UNIQUE, b hstore NOT NULL)',
  ],
])('%s', async (_, sql) => {
  const filled = await outcomeOf(sql);

  expect(filled.length).toBeGreaterThan(0);
  for (const one of filled) expect(one).toMatchObject({ why: null, found: expect.any(Number) });
  for (const { found } of filled) expect(found).toBeGreaterThanOrEqual(least);
});

test('where a check fails with an error, what it takes is found row by row', async () => {
  const [filled] = await outcomeOf('CREATE TABLE t (a text NOT NULL CHECK (a::int > 0))');

  expect(filled?.found).toBeGreaterThan(0);
});

const family = `CREATE TABLE tenant (id int PRIMARY KEY);
CREATE TABLE person (tenant_id int NOT NULL REFERENCES tenant, id uuid NOT NULL, boss uuid, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, boss) REFERENCES person);
CREATE TABLE project (tenant_id int NOT NULL, id int NOT NULL, owner uuid NOT NULL, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, owner) REFERENCES person);
CREATE TABLE member (tenant_id int NOT NULL, person uuid NOT NULL, project int NOT NULL, PRIMARY KEY (tenant_id, person, project), FOREIGN KEY (tenant_id, person) REFERENCES person, FOREIGN KEY (tenant_id, project) REFERENCES project)`;

test('tables that refer to each other over shared columns are filled, parents first', async () => {
  const filled = await outcomeOf(family);

  expect(filled.map(({ table, why }) => [table, why])).toEqual([
    ['public.tenant', null],
    ['public.person', null],
    ['public.project', null],
    ['public.member', null],
  ]);
});

test('tables that refer to each other in a circle are filled where one of the ways may be null', async () => {
  const filled = await outcomeOf(
    'CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; CREATE TABLE c (id int PRIMARY KEY, up int NOT NULL REFERENCES c)',
  );

  expect(filled.map(({ why }) => why)).toEqual([null, null, null]);
});

test.each([
  [
    'a type of which no value is known',
    `CREATE EXTENSION cube; CREATE TABLE t (a cube NOT NULL)`,
    /no value of type public\.cube is known/,
  ],
  [
    'a trigger that refuses',
    `CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    /takes none of the rows that were tried: never \(SQLSTATE P0001\)/,
  ],
  [
    'a deferred trigger that refuses',
    `CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$; CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()`,
    /never/,
  ],
  [
    'a trigger that drops rows',
    `CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN null; END $$; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    /a rule or a trigger lets no row in/,
  ],
  [
    'a rule that drops rows',
    'CREATE TABLE t (a int); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING',
    /a rule or a trigger lets no row in/,
  ],
  [
    'a check that nothing fulfils',
    'CREATE TABLE t (a int NOT NULL CHECK (a > 5 AND a < 3))',
    /no value was found for its column a that fulfils/,
  ],
  [
    'a check over columns that nothing fulfils',
    'CREATE TABLE t (a int NOT NULL, b int NOT NULL, CHECK (a < b AND b < a))',
    /none fulfils/,
  ],
  ['no partition', 'CREATE TABLE t (a int) PARTITION BY LIST (a)', /it has no partition/],
  [
    'a circle without a beginning',
    'CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b',
    /each of its rows refers to one of public\.\w, which has none here/,
  ],
])('%s: no rows, and it is said why', async (_, sql, why) => {
  const filled = await outcomeOf(sql);

  expect(filled.some((one) => why.test(one.why ?? ''))).toBe(true);
  for (const one of filled) expect(one.found).toBe(one.rows);
});

test('the nastiest schema is filled or named, table by table, and what it held is as it was', async () => {
  const nasty = readFileSync(path.join(projectRoot, 'test/support/nasty-schema.sql'), 'utf8');
  const ours = nasty.replaceAll('backup_reader', testServer().user);
  await withTarget(`${ours}; CREATE TABLE copied (LIKE values_of_all_kinds INCLUDING ALL)`, async (arranged) => {
    const before = await arranged.query('SELECT count(*) FROM values_of_all_kinds');
    const filled = await fill(arranged);

    expect(filled.map(({ table, why }) => [table, why])).toEqual([['public.copied', null]]);
    expect(await arranged.query('SELECT count(*) FROM values_of_all_kinds')).toEqual(before);
  });
});

test('the same schema gets the same rows', async () => {
  const sql = 'CREATE TABLE t (a int UNIQUE, b text, c jsonb, d date)';
  const read = () =>
    withTarget(sql, async (arranged) => {
      await fill(arranged);
      return arranged.query('SELECT t::text AS t FROM t ORDER BY a, t::text');
    });

  expect(await read()).toEqual(await read());
});

test('a row has what migrations stumble over', async () => {
  await withTarget('CREATE TABLE t (a int, b text, c date, d varchar(200))', async (arranged) => {
    await fill(arranged);
    const [found] = await arranged.query(`SELECT
      bool_or(a IS NULL) AS nulls, bool_or(a < 0) AS negative, bool_or(a = 0) AS zero, bool_or(a > 32767) AS large,
      bool_or(length(b) > 1000) AS long, bool_or(b = '') AS empty, bool_or(b !~ '^\\d*$') AS "noNumber",
      count(b) > count(DISTINCT b) AS equal, count(DISTINCT b) > count(DISTINCT lower(b)) AS "mixedCase",
      bool_or(c > '3000-01-01') AS "farOff", bool_or(length(d) = 200) AS "atLimit" FROM t`);

    expect(Object.entries(found ?? {}).filter(([, isThere]) => isThere !== true)).toEqual([]);
  });
});
