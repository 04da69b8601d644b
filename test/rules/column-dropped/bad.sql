-- Purpose: orders have no note any more.

-- Nobody writes notes.
ALTER TABLE orders DROP COLUMN note;

-- ROLLBACK
--   ALTER TABLE orders ADD COLUMN note varchar(20);
