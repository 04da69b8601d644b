-- Purpose: an order has a remark, and old notes become remarks.

-- Longer than a note.
ALTER TABLE orders ADD COLUMN remark text;

-- All old ones at once.
UPDATE orders SET remark = note WHERE remark IS NULL;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
