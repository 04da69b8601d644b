-- Purpose: an order has a public number.

-- New orders get one at once, old ones in batches.
ALTER TABLE orders ADD COLUMN public_id uuid;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN public_id;
