-- Purpose: reports may use what is in the schema.

-- Whether the role may connect is set up with the database.
-- waive: reporting, the role is the same in all environments
GRANT USAGE ON SCHEMA public TO reporting;

-- ROLLBACK
--   REVOKE USAGE ON SCHEMA public FROM reporting;
