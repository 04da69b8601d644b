-- Purpose: remarks say something.

-- A later migration validates it for the old ones, when they fit.
ALTER TABLE orders ADD COLUMN remark text, ADD CONSTRAINT orders_remark_check CHECK (remark <> '') NOT VALID;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN remark;
