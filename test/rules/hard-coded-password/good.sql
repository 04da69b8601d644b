-- Purpose: a role for the reports.

-- Logs in with what the secret store gives it, outside migrations.
-- waive: reporting, the role is the same in all environments
-- waive: reaches-beyond-database, whoever runs the server has asked for it
CREATE ROLE reporting LOGIN;

-- ROLLBACK
--   DROP ROLE reporting;
