-- Purpose: where receipts are sent from.

-- The service that renders receipts.
INSERT INTO settings (name, value) VALUES ('receipts', 'https://receipts.staging.example.com/v1');

-- ROLLBACK
--   DELETE FROM settings WHERE name = 'receipts';
