-- Purpose: close the order that was paid twice.

-- The customer called.
UPDATE orders SET status = 'paid' WHERE note = 'paid twice';

-- ROLLBACK
--   UPDATE orders SET status = 'open' WHERE note = 'paid twice';
