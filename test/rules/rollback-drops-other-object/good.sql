-- Purpose: keep updated_at of orders true.

-- The function is an earlier migration's.
CREATE TRIGGER trg_orders_updated_at
  BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION touch();

-- ROLLBACK
--   DROP TRIGGER trg_orders_updated_at ON orders;
