-- Purpose: an order has a remark.

-- The table is busy.
SET lock_timeout = '10min';

-- Longer than a note.
ALTER TABLE orders ADD COLUMN remark text;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
