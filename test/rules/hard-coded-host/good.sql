-- Purpose: where receipts are sent from.

-- The service that renders receipts; its host is in the configuration.
INSERT INTO settings (name, value) VALUES ('receipts_path', '/v1');

-- ROLLBACK
--   DELETE FROM settings WHERE name = 'receipts_path';
