-- Purpose: open orders are listed with their date first.

-- A column in front of others: CREATE OR REPLACE cannot do that.
DROP VIEW open_orders;

-- Open orders with their date.
CREATE VIEW open_orders AS SELECT created_at, order_id, note FROM orders WHERE status = 'open';

-- ROLLBACK
--   DROP VIEW open_orders;
--   CREATE VIEW open_orders AS SELECT order_id, note FROM orders WHERE status = 'open';
--   GRANT SELECT ON open_orders TO shop_reader;
