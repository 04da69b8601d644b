-- Purpose: orders get a priority.

-- The workflow waits for its lock itself, and gives up where it does not get it.
ALTER TABLE orders ADD COLUMN priority smallint;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN priority;
