-- Purpose: orders are guarded by row security.

-- Rows are guarded.
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

-- The reader works with open orders.
-- waive: shop_reader, each environment has this role
CREATE POLICY orders_open ON orders TO shop_reader USING (status = 'open');

-- ROLLBACK
--   DROP POLICY orders_open ON orders;
--   ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
