/** Changes that few migrations make, each of which pg_dump writes. */
import type { MakeChange } from './generated-migrations';

export const seldomChanges: readonly MakeChange[] = [
  () => ({
    up: 'ALTER FUNCTION add_one(integer) DEPENDS ON EXTENSION hstore',
    down: 'ALTER FUNCTION add_one(integer) NO DEPENDS ON EXTENSION hstore',
  }),
  () => ({
    up: 'ALTER INDEX orders_state DEPENDS ON EXTENSION citext; ALTER TRIGGER orders_touch ON orders DEPENDS ON EXTENSION hstore',
    down: 'ALTER INDEX orders_state NO DEPENDS ON EXTENSION citext; ALTER TRIGGER orders_touch ON orders NO DEPENDS ON EXTENSION hstore',
    badly: ['ALTER INDEX orders_state NO DEPENDS ON EXTENSION citext'],
  }),
  () => ({
    up: 'ALTER TABLE customers ALTER COLUMN note SET COMPRESSION pglz; ALTER TABLE customers ALTER COLUMN id SET (n_distinct = 5)',
    down: 'ALTER TABLE customers ALTER COLUMN note SET COMPRESSION default; ALTER TABLE customers ALTER COLUMN id RESET (n_distinct)',
  }),
  () => ({
    up: 'ALTER VIEW open_orders ALTER COLUMN total SET DEFAULT 5',
    down: 'ALTER VIEW open_orders ALTER COLUMN total DROP DEFAULT',
  }),
  () => ({
    up: 'ALTER MATERIALIZED VIEW totals ALTER COLUMN total SET STATISTICS 7; ALTER MATERIALIZED VIEW totals SET (fillfactor = 50)',
    down: 'ALTER MATERIALIZED VIEW totals ALTER COLUMN total SET STATISTICS -1; ALTER MATERIALIZED VIEW totals RESET (fillfactor)',
  }),
  (name) => ({
    up: `COMMENT ON CONSTRAINT orders_total ON orders IS '${name}'; COMMENT ON POLICY own ON customers IS '${name}'; COMMENT ON EXTENSION hstore IS '${name}'`,
    down: "COMMENT ON CONSTRAINT orders_total ON orders IS NULL; COMMENT ON POLICY own ON customers IS NULL; COMMENT ON EXTENSION hstore IS 'data type for storing sets of (key, value) pairs'",
    badly: ['COMMENT ON CONSTRAINT orders_total ON orders IS NULL; COMMENT ON POLICY own ON customers IS NULL'],
  }),
  () => ({
    up: 'ALTER DEFAULT PRIVILEGES FOR ROLE catalog_writer GRANT EXECUTE ON FUNCTIONS TO catalog_reader',
    down: 'ALTER DEFAULT PRIVILEGES FOR ROLE catalog_writer REVOKE EXECUTE ON FUNCTIONS FROM catalog_reader',
  }),
  () => ({
    up: 'ALTER INDEX orders_state SET (fillfactor = 60)',
    down: 'ALTER INDEX orders_state RESET (fillfactor)',
  }),
  () => ({
    up: 'ALTER TYPE point3 ADD ATTRIBUTE w integer',
    down: 'ALTER TYPE point3 DROP ATTRIBUTE w',
  }),
  () => ({
    up: 'ALTER SEQUENCE ticket OWNED BY orders.id',
    down: 'ALTER SEQUENCE ticket OWNED BY NONE',
  }),
  () => ({
    up: 'ALTER SEQUENCE ticket SET UNLOGGED',
    down: 'ALTER SEQUENCE ticket SET LOGGED',
  }),
  () => ({
    up: 'ALTER SCHEMA tools OWNER TO catalog_writer; GRANT CREATE ON SCHEMA public TO PUBLIC',
    down: 'ALTER SCHEMA tools OWNER TO owner; REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    badly: ['ALTER SCHEMA tools OWNER TO owner'],
  }),
  () => ({
    up: 'ALTER PUBLICATION changes SET TABLE orders (id, total) WHERE (id > 5)',
    down: 'ALTER PUBLICATION changes SET TABLE orders',
    badly: ['ALTER PUBLICATION changes SET TABLE orders (id, total)'],
  }),
  (name) => ({
    up: `CREATE OPERATOR FAMILY ${name} USING btree; ALTER OPERATOR FAMILY ${name} USING btree ADD FUNCTION 1 btint4cmp(integer, integer)`,
    down: `DROP OPERATOR FAMILY ${name} USING btree`,
    badly: [`ALTER OPERATOR FAMILY ${name} USING btree DROP FUNCTION 1 (integer, integer)`],
  }),
  (name) => ({
    up: `CREATE TEXT SEARCH DICTIONARY ${name} (TEMPLATE = simple, STOPWORDS = english)`,
    down: `DROP TEXT SEARCH DICTIONARY ${name}`,
    badly: [`ALTER TEXT SEARCH DICTIONARY ${name} (STOPWORDS)`],
  }),
  (name) => ({
    up: `CREATE CONVERSION ${name} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`,
    down: `DROP CONVERSION ${name}`,
  }),
  () => ({
    up: 'ALTER EXTENSION hstore DROP TABLE settings',
    down: 'ALTER EXTENSION hstore ADD TABLE settings',
  }),
  () => ({
    up: "UPDATE pg_extension SET extcondition = ARRAY['WHERE builtin'] WHERE extname = 'hstore'",
    down: "UPDATE pg_extension SET extcondition = ARRAY['WHERE NOT builtin'] WHERE extname = 'hstore'",
  }),
  () => ({
    up: 'GRANT SELECT ON customers TO catalog_reader WITH GRANT OPTION; SET ROLE catalog_reader; GRANT SELECT ON customers TO catalog_writer; RESET ROLE',
    down: 'REVOKE SELECT ON customers FROM catalog_reader CASCADE; GRANT SELECT ON customers TO catalog_reader',
    badly: [
      'REVOKE GRANT OPTION FOR SELECT ON customers FROM catalog_reader CASCADE; GRANT SELECT ON customers TO catalog_writer',
    ],
  }),
  () => ({
    up: 'ALTER TABLE orders ALTER COLUMN double_total DROP EXPRESSION',
    down: 'ALTER TABLE orders DROP COLUMN double_total; ALTER TABLE orders ADD COLUMN double_total numeric GENERATED ALWAYS AS (total * 2) STORED',
  }),
  () => ({
    up: 'ALTER TABLE orders ADD CONSTRAINT more CHECK (total > -1) NO INHERIT',
    down: 'ALTER TABLE orders DROP CONSTRAINT more',
    badly: ['ALTER TABLE orders DROP CONSTRAINT more; ALTER TABLE orders ADD CONSTRAINT more CHECK (total > -1)'],
  }),
  () => ({
    up: "ALTER TABLE a_events_old ALTER COLUMN kind SET DEFAULT 'old'",
    down: "ALTER TABLE a_events_old ALTER COLUMN kind SET DEFAULT 'seen'",
    badly: ['ALTER TABLE a_events_old ALTER COLUMN kind DROP DEFAULT'],
  }),
];
