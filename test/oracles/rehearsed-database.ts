/** The database on which generated migrations run: every kind of thing that a migration may change is there. */

/** Roles of the server, made before and dropped after. */
export const roles = ['catalog_reader', 'catalog_writer'] as const;

export const rehearsedDatabase = `
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_stat_statements; CREATE EXTENSION postgres_fdw;
CREATE TABLE settings (name text PRIMARY KEY, value text, builtin boolean NOT NULL DEFAULT true);
ALTER EXTENSION hstore ADD TABLE settings;
-- Only a script of an extension may call pg_extension_config_dump().
UPDATE pg_extension SET extconfig = ARRAY['settings'::regclass::oid], extcondition = ARRAY['WHERE NOT builtin'] WHERE extname = 'hstore';
INSERT INTO settings VALUES ('unit', 'm', true), ('language', 'en', false);

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE point3 AS (x integer, y integer, z integer);
CREATE DOMAIN amount AS numeric(12, 2) CONSTRAINT amount_positive CHECK (VALUE >= 0);
CREATE SEQUENCE ticket START 100;
CREATE SEQUENCE countdown INCREMENT -1 START 5000 MINVALUE 1 MAXVALUE 5000;
CREATE TABLE customers (
  id serial PRIMARY KEY, email text NOT NULL, mood mood DEFAULT 'ok', credit amount, place point3,
  ticket bigint DEFAULT nextval('ticket'), left_over integer NOT NULL DEFAULT nextval('countdown'), note text, empty text);
INSERT INTO customers (email, credit, note) SELECT 'c' || g || '@example.org', g, 'n' || g FROM generate_series(1, 40) g;
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer integer NOT NULL REFERENCES customers, total amount NOT NULL,
  state text NOT NULL DEFAULT 'new', at timestamptz NOT NULL DEFAULT '2026-01-01', double_total numeric GENERATED ALWAYS AS (total * 2) STORED);
INSERT INTO orders (customer, total) SELECT 1 + g % 40, g FROM generate_series(1, 90) g;
CREATE INDEX orders_state ON orders (state);
ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total < 1000000);
CREATE TABLE events (at date NOT NULL, kind text DEFAULT 'seen', n integer) PARTITION BY RANGE (at);
CREATE TABLE a_events_old PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_kind ON events (kind);
INSERT INTO events SELECT date '2025-06-01' + 10 * g, 'k' || g, g FROM generate_series(1, 40) g;
CREATE TABLE animals (name text NOT NULL, legs integer);
CREATE TABLE dogs (breed text) INHERITS (animals);
INSERT INTO dogs VALUES ('Rex', 4, 'mix');
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY 1;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION add_one(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE PROCEDURE clean() LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY own ON customers USING (email = current_user);
CREATE STATISTICS order_pairs ON customer, state FROM orders;
CREATE PUBLICATION changes FOR TABLE orders;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere');
CREATE SCHEMA tools;
CREATE TABLE tools.hammers (id integer PRIMARY KEY, weight integer);
INSERT INTO tools.hammers VALUES (1, 500), (2, 700);
COMMENT ON TABLE orders IS 'what was ordered';
GRANT SELECT ON customers TO catalog_reader;
SELECT lo_from_bytea(900000 + g, decode(repeat(to_hex(16 + g), 3000), 'hex')) FROM generate_series(1, 6) g;
GRANT SELECT ON LARGE OBJECT 900001 TO catalog_reader`;
