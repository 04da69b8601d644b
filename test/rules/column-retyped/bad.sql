-- Purpose: notes of any length.

-- Twenty characters were not enough.
ALTER TABLE orders ALTER COLUMN note TYPE text;

-- ROLLBACK
--   ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);
