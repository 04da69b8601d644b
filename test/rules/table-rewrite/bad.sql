-- Purpose: an order has a public number.

-- Customers see it, so it must not be counted.
ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN public_id;
