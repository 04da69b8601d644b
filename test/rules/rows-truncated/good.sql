-- Purpose: the shop starts anew.

-- Nobody needs the orders of the trial.
DELETE FROM orders WHERE note = 'trial';

-- ROLLBACK
--   -- the rows are in the backup
--   SELECT 1;
