-- Purpose: nobody needs the limit of a status.

-- Statuses are the application's.
ALTER TABLE orders DROP CONSTRAINT orders_status_check;

-- ROLLBACK
--   ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'));
