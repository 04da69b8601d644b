-- Purpose: orders are open unless somebody says otherwise.

-- The shop sends orders without a status.
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open';

-- ROLLBACK
--   ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
