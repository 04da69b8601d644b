-- Purpose: reports may read orders.

-- Read only.
-- waive: reporting, the role is the same in all environments
GRANT SELECT ON orders TO reporting;

-- ROLLBACK
--   REVOKE SELECT ON orders FROM reporting;
