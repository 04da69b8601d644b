-- Purpose: a role for the reports.

-- waive: reporting, the role is the same in all environments
-- waive: reaches-beyond-database, whoever runs the server has asked for it
CREATE ROLE reporting LOGIN PASSWORD 'correct horse';

-- ROLLBACK
--   DROP ROLE reporting;
