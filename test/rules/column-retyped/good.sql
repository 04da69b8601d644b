-- Purpose: notes of any length.

-- Twenty characters were not enough; the old column goes when nobody reads it any more.
ALTER TABLE orders ADD COLUMN remark text;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
