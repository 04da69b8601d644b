-- Purpose: show the support desk the orders with a note.

-- Orders without a note are of no interest there.
CREATE VIEW noted_orders AS SELECT order_id, note FROM orders WHERE note IS NOT NULL;

-- ROLLBACK
--   DROP VIEW noted_orders;
