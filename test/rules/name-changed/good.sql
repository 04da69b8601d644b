-- Purpose: a note is a remark.

-- The support desk calls it so, and reads this view.
CREATE VIEW remarked_orders AS SELECT order_id, note AS remark FROM orders;

-- ROLLBACK
--   DROP VIEW remarked_orders;
