/** A schema with something of most kinds, and the same made in another order. */

const head = `CREATE SCHEMA shop`;

const customers = `CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date DEFAULT '1990-01-31',
  pause interval DEFAULT '3 days', score double precision DEFAULT 0.1, mark bytea DEFAULT '\\xdeadbeef',
  seen timestamptz DEFAULT '2020-01-01 00:00:00+00')`;

const states = `CREATE TYPE shop.state AS ENUM ('new', 'paid'); CREATE DOMAIN shop.amount AS integer CHECK (VALUE > 0)`;

const orders = `CREATE TABLE shop.orders (
    id bigserial PRIMARY KEY, customer_id bigint REFERENCES shop.customers, state shop.state DEFAULT 'new',
    pieces shop.amount, CONSTRAINT few CHECK (id < 100) NO INHERIT);
  CREATE UNIQUE INDEX orders_open ON shop.orders (customer_id) WHERE state = 'new';
  ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON shop.orders USING (customer_id = 1)`;

const lines = `CREATE TABLE shop."Order lines" (
    "order" bigint, "a,b" integer, price numeric(12,2) DEFAULT 0, twice numeric GENERATED ALWAYS AS (2 * price) STORED,
    PRIMARY KEY ("order", "a,b"), CONSTRAINT line_order FOREIGN KEY ("order") REFERENCES shop.orders ON DELETE CASCADE);
  CREATE INDEX line_price ON shop."Order lines" ((price * 2), "a,b") WHERE price > 0;
  COMMENT ON TABLE shop."Order lines" IS 'what was ordered'; COMMENT ON COLUMN shop."Order lines"."a,b" IS 'place'`;

const functions = `CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`;

const triggers = `CREATE TRIGGER stamp BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
  CREATE TRIGGER stamp_late AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
  ALTER TABLE shop.orders DISABLE TRIGGER stamp_late`;

const views = `CREATE VIEW shop.open_orders AS SELECT id, state FROM shop.orders WHERE state = 'new';
  CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) AS n FROM shop.orders`;

const events = `CREATE TABLE shop.events (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE shop.events_0 PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE shop.events_1 PARTITION OF shop.events DEFAULT; CREATE INDEX events_at ON shop.events (at)`;

export const shop = [head, customers, states, orders, lines, functions, triggers, views, events].join(';\n');

export const shopBackwards = [head, events, functions, states, customers, orders, views, triggers, lines].join(';\n');
