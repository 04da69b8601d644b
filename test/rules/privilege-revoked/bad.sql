-- Purpose: the reader reads views only.

-- Views hold all that it needs.
-- waive: shop_reader, each environment has this role
REVOKE SELECT ON orders FROM shop_reader;

-- ROLLBACK
--   GRANT SELECT ON orders TO shop_reader;
