-- Purpose: reports may connect.

-- waive: reporting, the role is the same in all environments
-- waive: reaches-beyond-database, whoever runs the server has asked for it
GRANT CONNECT ON DATABASE shop_staging TO reporting;

-- ROLLBACK
--   REVOKE CONNECT ON DATABASE shop_staging FROM reporting;
