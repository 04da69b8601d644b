-- Purpose: a note is a remark.

-- The support desk calls it so.
ALTER TABLE orders RENAME COLUMN note TO remark;

-- ROLLBACK
--   ALTER TABLE orders RENAME COLUMN remark TO note;
