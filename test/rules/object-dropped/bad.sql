-- Purpose: no more orders.

-- The shop is closed.
DROP VIEW shop_orders;

-- ROLLBACK
--   CREATE VIEW shop_orders AS SELECT order_id FROM orders;
