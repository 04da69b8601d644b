-- Purpose: a role for the reports.

-- waive: reporting, the role is the same in all environments
CREATE ROLE reporting LOGIN PASSWORD 'correct horse';

-- ROLLBACK
--   DROP ROLE reporting;
