-- Purpose: old notes are gone.

-- They were never read.
UPDATE orders SET note = NULL;

-- ROLLBACK
--   UPDATE orders SET note = '' WHERE note IS NULL;
