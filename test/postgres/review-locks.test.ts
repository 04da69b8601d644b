/** What the review predicts of scans and rewrites, where the catalog decides it: held against what PostgreSQL says and does. */
import { stableFunctions } from '#domain/locks/volatility';
import { withClient, withDatabase } from '#test/support/postgres';
import { migrationFile } from '#test/support/review-subject';
import { withReviewer } from '#test/support/reviewed';

const before = `
CREATE TABLE orders (order_id bigint CONSTRAINT orders_pkey PRIMARY KEY, note text, size int,
  CONSTRAINT orders_note_present CHECK (note IS NOT NULL AND length(note) < 90));
ALTER TABLE orders ADD CONSTRAINT orders_size_later CHECK (size IS NOT NULL) NOT VALID;
CREATE FUNCTION make_token() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT md5(random()::text)';
CREATE FUNCTION unsaid() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION steady() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION mixed() RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION mixed(a int) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE DOMAIN amount AS numeric(12,2);
CREATE DOMAIN price AS amount CONSTRAINT price_check CHECK (value > 0);
CREATE TYPE money_pair AS (a amount, b amount);
CREATE TABLE bills (bill_id bigint CONSTRAINT bills_pkey PRIMARY KEY, total amount);
CREATE TABLE receipts (receipt_id bigint CONSTRAINT receipts_pkey PRIMARY KEY, total price);
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_26 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE event_other PARTITION OF event DEFAULT;
CREATE TABLE event_27 (id bigint, at date NOT NULL);
CREATE TABLE event_28 (id bigint, at date NOT NULL, CONSTRAINT event_28_at CHECK (at >= '2028-01-01' AND at < '2029-01-01'));
CREATE TABLE shelf (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE shelf_other PARTITION OF shelf DEFAULT;
ALTER TABLE shelf_other ADD CONSTRAINT shelf_other_at CHECK (at < '2027-01-01' OR at >= '2028-01-01');
CREATE TABLE shelf_27 (id bigint, at date NOT NULL);
`;

type Lock = { readonly table: string; readonly work: string; readonly line: number };

const rows: readonly (readonly [sql: string, works: Readonly<Record<string, string>>])[] = [
  ['ALTER TABLE orders ALTER note SET NOT NULL;', { 'public.orders': 'none' }],
  ['ALTER TABLE orders ALTER order_id SET NOT NULL;', { 'public.orders': 'none' }],
  ['ALTER TABLE orders ALTER size SET NOT NULL;', { 'public.orders': 'scan' }],
  [
    'ALTER TABLE orders VALIDATE CONSTRAINT orders_size_later; -- then\nALTER TABLE orders ALTER size SET NOT NULL;',
    { 'public.orders': 'none' },
  ],
  [
    'ALTER TABLE orders ADD CONSTRAINT c CHECK (size IS NOT NULL) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c;\nALTER TABLE orders ALTER size SET NOT NULL;',
    { 'public.orders': 'none' },
  ],
  [
    'ALTER TABLE orders DROP CONSTRAINT orders_note_present;\nALTER TABLE orders ALTER note SET NOT NULL;',
    { 'public.orders': 'scan' },
  ],
  ['ALTER TABLE orders ADD a text DEFAULT make_token();', { 'public.orders': 'rewrite' }],
  ['ALTER TABLE orders ADD a text DEFAULT unsaid();', { 'public.orders': 'rewrite' }],
  ['ALTER TABLE orders ADD a text DEFAULT steady();', { 'public.orders': 'none' }],
  ['ALTER TABLE orders ADD a text DEFAULT public.mixed();', { 'public.orders': 'rewrite' }],
  ['ALTER TABLE orders ADD a text DEFAULT somebody.knows();', { 'public.orders': 'rewrite' }],
  ['ALTER TABLE orders ADD a uuid DEFAULT uuid_generate_v4();', { 'public.orders': 'rewrite' }],
  [
    'ALTER TABLE orders ADD a timestamptz DEFAULT now(), ADD b text DEFAULT lower($$A$$), ADD c timestamptz DEFAULT clock_timestamp();',
    { 'public.orders': 'rewrite' },
  ],
  [
    'ALTER TABLE orders ADD a timestamptz DEFAULT now() + interval $$1 day$$, ADD b text DEFAULT lower($$A$$), ADD c date DEFAULT CURRENT_DATE;',
    { 'public.orders': 'none' },
  ],
  [
    'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN 1; END$$;\nALTER TABLE orders ADD a int DEFAULT f();',
    { 'public.orders': 'none' },
  ],
  [
    'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$;\nALTER TABLE orders ADD a int DEFAULT f();',
    { 'public.orders': 'rewrite' },
  ],
  [
    'ALTER DOMAIN amount ADD CONSTRAINT amount_check CHECK (value >= 0);',
    { 'public.bills': 'scan', 'public.receipts': 'scan' },
  ],
  ['ALTER DOMAIN amount ADD CONSTRAINT amount_check CHECK (value >= 0) NOT VALID;', {}],
  ['ALTER DOMAIN price SET NOT NULL;', { 'public.receipts': 'scan' }],
  ['ALTER DOMAIN price VALIDATE CONSTRAINT price_check;', { 'public.receipts': 'scan' }],
  ['ALTER DOMAIN price DROP CONSTRAINT price_check;', {}],
  [
    "ALTER TABLE event ATTACH PARTITION event_27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
    { 'public.event': 'none', 'public.event_27': 'scan', 'public.event_other': 'scan' },
  ],
  [
    "ALTER TABLE event ATTACH PARTITION event_28 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
    { 'public.event': 'none', 'public.event_28': 'none', 'public.event_other': 'scan' },
  ],
  [
    "ALTER TABLE event ATTACH PARTITION event_28 FOR VALUES FROM ('2028-01-01') TO ('2028-06-01');",
    { 'public.event': 'none', 'public.event_28': 'scan', 'public.event_other': 'scan' },
  ],
  [
    "CREATE TABLE event_29 PARTITION OF event FOR VALUES FROM ('2029-01-01') TO ('2030-01-01');",
    { 'public.event': 'none', 'public.event_other': 'scan' },
  ],
  [
    "ALTER TABLE shelf ATTACH PARTITION shelf_27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
    { 'public.shelf': 'none', 'public.shelf_27': 'scan', 'public.shelf_other': 'none' },
  ],
];

test('checks that are valid, volatility, default partitions and uses of a type decide what is read and rewritten', () =>
  withReviewer(before, async (review) => {
    const seen: unknown[] = [];
    for (const [sql] of rows) {
      const locks = ((await review(migrationFile(sql, 'SELECT 1;'))).box('3.5')?.facts?.['locks'] ?? []) as Lock[];
      const last = Math.max(...locks.map(({ line }) => line));
      seen.push([
        sql,
        Object.fromEntries(locks.filter(({ line }) => line === last).map(({ table, work }) => [table, work])),
      ]);
    }

    expect(seen).toEqual(rows.map(([sql, works]) => [sql, works]));
  }));

test('no overload of a function that is taken for stable is volatile', () =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      const { rows: found } = await client.query<{ name: string; worst: string }>(
        `SELECT proname AS name, max(provolatile::text) AS worst FROM pg_proc
         WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1) GROUP BY 1`,
        [[...stableFunctions]],
      );

      expect(found.filter(({ worst }) => worst === 'v')).toEqual([]);
      expect([...stableFunctions].filter((name) => !found.some((one) => one.name === name))).toEqual([]);
    }),
  ));
