-- Purpose: orders are found by their status.

-- The old key.
ALTER TABLE orders DROP CONSTRAINT orders_pkey;

-- ROLLBACK
--   ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (order_id);
