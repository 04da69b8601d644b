-- Purpose: orders get a priority while nobody reads them.

-- Whoever reads them is sent away.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reports';

-- The priority.
ALTER TABLE orders ADD COLUMN priority smallint;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN priority;
