-- Purpose: an order has a remark.

-- Longer than a note.
ALTER TABLE orders ADD COLUMN remark text;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
