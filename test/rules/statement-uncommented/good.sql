-- Purpose: show the support desk the orders with a note.

CREATE VIEW noted_orders AS SELECT order_id, note FROM orders WHERE note IS NOT NULL;

COMMENT ON VIEW noted_orders IS 'For the support desk: orders that somebody remarked on';

-- ROLLBACK
--   DROP VIEW noted_orders;
