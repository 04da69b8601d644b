-- Purpose: the shop starts anew.

-- Nobody needs the orders of the trial.
TRUNCATE orders;

-- ROLLBACK
--   -- the rows are gone
--   SELECT 1;
