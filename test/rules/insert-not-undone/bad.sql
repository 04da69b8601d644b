-- Purpose: where receipts are sent from.

-- In days.
INSERT INTO settings (name, value) VALUES ('keep_orders', '365');

-- ROLLBACK
--   SELECT 1;
