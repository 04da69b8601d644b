-- Orders without a note are of no interest there.
CREATE VIEW noted_orders AS SELECT order_id, note FROM orders WHERE note IS NOT NULL;

-- ROLLBACK
--   DROP VIEW noted_orders;
