-- Purpose: reports may read orders.

-- Read only.
GRANT SELECT ON orders TO reporting_staging;

-- ROLLBACK
--   REVOKE SELECT ON orders FROM reporting_staging;
