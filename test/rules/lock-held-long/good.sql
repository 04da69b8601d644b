-- Purpose: an order has a remark.

-- Longer than a note; old notes are copied in batches afterwards.
ALTER TABLE orders ADD COLUMN remark text;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
