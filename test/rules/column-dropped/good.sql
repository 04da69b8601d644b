-- Purpose: take the note out of what the shop sees.

-- The shop reads this view from now on; the column goes when nobody reads it any more.
CREATE VIEW shop_orders AS SELECT order_id, status FROM orders;

-- ROLLBACK
--   DROP VIEW shop_orders;
