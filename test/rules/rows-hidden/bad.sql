-- Purpose: orders are guarded by row security.

-- Rows are guarded.
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

-- ROLLBACK
--   ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
