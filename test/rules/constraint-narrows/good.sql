-- Purpose: remarks say something.

-- Empty remarks would confuse the support desk.
ALTER TABLE orders ADD COLUMN remark text, ADD CONSTRAINT orders_remark_check CHECK (remark <> '') NOT VALID;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
