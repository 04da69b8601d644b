-- Purpose: no more orders.

-- The shop is closed; what is there stays readable until nobody reads it any more.
COMMENT ON VIEW shop_orders IS 'Closed: nothing new comes in';

-- ROLLBACK
--   COMMENT ON VIEW shop_orders IS NULL;
